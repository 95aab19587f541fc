// All that reaches a page over the network: answers and WebSocket messages, for tests that must prove what did not.
import type { Page, Response } from '@playwright/test';

export interface Traffic {
  /** WebSocket messages so far, oldest first. */
  readonly messages: readonly string[];
  /** Paths of the scripts that were asked for. */
  readonly scripts: readonly string[];
  /** Where the words came over the wire: '' when nowhere. Waits for answers under way. */
  whereIs(words: string): Promise<string>;
}

/** Listens from now on: navigate afterwards. */
export function recordTraffic(page: Page): Traffic {
  const messages: string[] = [];
  const scripts: string[] = [];
  const answers: Promise<{ url: string; text: string }>[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => messages.push(payload.toString()));
  });
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(new URL(response.url()).pathname);
    answers.push(textOf(response));
  });
  return {
    messages,
    scripts,
    whereIs: async (words) => {
      const found = (await Promise.all(answers)).find(({ text }) => text.includes(words));
      if (found !== undefined) return found.url;
      return messages.find((message) => message.includes(words)) ?? '';
    },
  };
}

/** Headers count too. A redirect, and an answer the page left behind, has no body. */
async function textOf(response: Response): Promise<{ url: string; text: string }> {
  const headers = JSON.stringify(response.headers());
  const body = await response.text().catch(() => '');
  return { url: response.url(), text: headers + body };
}
