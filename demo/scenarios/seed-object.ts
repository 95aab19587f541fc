/** One object of a scenario in one line. */
import type { JsonObject } from '../base/json.ts';
import type { SeedObject } from './scenario.ts';

export const seed = (
  resource: string,
  namespace: string,
  age: string,
  name: string,
  rest: JsonObject,
  manager = 'argocd-controller',
): SeedObject => ({
  resource,
  ...(namespace ? { namespace } : {}),
  age,
  manager,
  object: { metadata: { name }, ...rest },
});
