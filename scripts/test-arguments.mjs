// The words of `npm test`, read before anything is installed.

export const LANES = /** @type {const} */ (['check', 'unit', 'build', 'bench', 'conformance', 'e2e', 'real']);
const REAL = /** @type {const} */ (['required', 'auto', 'off']);

export const USAGE = `Usage: npm test -- [options]

  --only LANE     one lane instead of all: ${LANES.join(', ')} (may be repeated)
  --real=WHEN     the lane against a real control plane: required, auto (default: when its programs are there), off
  --grep TEXT     only the tests whose name matches (unit and end-to-end)
  --help          this text
`;

/**
 * @typedef {(typeof LANES)[number]} Lane
 * @typedef {object} TestArguments
 * @property {Lane[]} lanes in the order they run
 * @property {(typeof REAL)[number]} real
 * @property {string} [grep]
 * @property {boolean} help
 */

/**
 * @template {string} T
 * @param {readonly T[]} list @param {string} word
 * @returns {T | undefined}
 */
const oneOf = (list, word) => list.find((item) => item === word);

/**
 * @param {string[]} argv
 * @returns {{ ok: true, value: TestArguments } | { ok: false, problem: string }}
 */
export function parseTestArguments(argv) {
  const words = argv.flatMap((word) => {
    const at = word.startsWith('--') ? word.indexOf('=') : -1;
    return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
  });
  /** @type {Set<Lane>} */
  const only = new Set();
  /** @type {TestArguments} */
  const given = { lanes: [...LANES], real: 'auto', help: false };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '--help' || word === '-h') {
      given.help = true;
      continue;
    }
    if (word !== '--only' && word !== '--real' && word !== '--grep')
      return { ok: false, problem: `unknown word "${word}"` };
    const value = words[++at];
    if (value === undefined || value === '') return { ok: false, problem: `${word} needs a value` };
    if (word === '--grep') given.grep = value;
    else if (word === '--only') {
      const lane = oneOf(LANES, value);
      if (lane === undefined)
        return { ok: false, problem: `--only takes one of ${LANES.join(', ')}, not "${value}"` };
      only.add(lane);
    } else {
      const when = oneOf(REAL, value);
      if (when === undefined)
        return { ok: false, problem: `--real takes one of ${REAL.join(', ')}, not "${value}"` };
      given.real = when;
    }
  }
  if (only.size > 0) given.lanes = LANES.filter((lane) => only.has(lane));
  // Asking for the lane by name means to run it: its absence is then a failure.
  if (only.has('real') && given.real === 'auto') given.real = 'required';
  return { ok: true, value: given };
}
