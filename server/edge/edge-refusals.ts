import type { Refusal } from './refusal.ts';

/** The refusals that depend on the state of the console, in words for the person who reads them. */
export const signIn: Refusal = {
  status: 401,
  reason: 'Unauthorized',
  message:
    'Open the link that was printed in the terminal where Strata Console was started. It holds the key to this console.',
};
export const oldLink: Refusal = {
  status: 401,
  reason: 'Unauthorized',
  message:
    'This link is not valid any more: it works while the console that printed it runs. Open the link of the latest start.',
};
export const notReady: Refusal = {
  status: 503,
  reason: 'ServiceUnavailable',
  message: 'Strata Console is starting or stopping. Try again in a few seconds.',
};
export const broken: Refusal = {
  status: 500,
  reason: 'InternalError',
  message: 'The console failed to answer. Its log has the reason.',
};
export const noSocket: Refusal = {
  status: 404,
  reason: 'NotFound',
  message: 'There is no socket at this address.',
};
export const upgradeOnly: Refusal = {
  status: 426,
  message: 'This address is served to WebSockets only.',
};
export const notFound: Refusal = {
  status: 404,
  reason: 'NotFound',
  message: 'There is nothing at this address.',
};
