// The words of `npm start`, read before anything is installed: a mistake costs no waiting.

export const USAGE = `Usage: npm start -- [options]

  --kubeconfig FILE    the clusters to show; default: $KUBECONFIG, then ~/.kube/config, then the demo cluster
  --context NAME       the context to open first
  --demo [SCENARIO]    start the demo cluster and show that (default scenario: small)
  --port N             the port to listen on; a taken one gives the next free one (default 7070; 0: any)
  --host ADDR          the loopback address to listen on (default 127.0.0.1)
  --state-dir DIR      where the session key is kept
  --no-open            do not open a browser
  --dev                hot reload, for work on the console itself
  --help               this text
`;

const VALUES = new Set(['--kubeconfig', '--context', '--port', '--host', '--state-dir']);
const NAMES = {
  '--kubeconfig': 'kubeconfig',
  '--context': 'context',
  '--port': 'port',
  '--host': 'host',
  '--state-dir': 'stateDir',
};

/**
 * @typedef {object} StartArguments
 * @property {string} [kubeconfig]
 * @property {string} [context]
 * @property {string} [demo] the scenario's name
 * @property {string} [port]
 * @property {string} [host]
 * @property {string} [stateDir]
 * @property {boolean} open
 * @property {boolean} dev
 * @property {boolean} help
 */

/** @param {string | undefined} text @returns {boolean} whether it can be the value of an option */
const isValue = (text) => text !== undefined && text !== '' && !text.startsWith('--');

/** @param {StartArguments} given @returns {string | undefined} what is wrong with the whole */
function contradiction(given) {
  if (given.demo !== undefined && given.kubeconfig !== undefined)
    return '--demo and --kubeconfig exclude each other: the demo cluster brings its own kubeconfig';
  if (given.port !== undefined && !(/^\d{1,5}$/.test(given.port) && Number(given.port) <= 65535))
    return `--port takes a number from 0 to 65535, not "${given.port}"`;
  if (given.demo !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(given.demo))
    return `--demo takes the name of a scenario, not "${given.demo}"`;
  return undefined;
}

/**
 * @param {string[]} argv
 * @returns {{ ok: true, value: StartArguments } | { ok: false, problem: string }}
 */
export function parseStartArguments(argv) {
  /** @type {StartArguments} */
  const given = { open: true, dev: false, help: false };
  const words = argv.flatMap((word) => {
    const at = word.startsWith('--') ? word.indexOf('=') : -1;
    return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
  });
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '--no-open') given.open = false;
    else if (word === '--dev') given.dev = true;
    else if (word === '--help' || word === '-h') given.help = true;
    else if (word === '--demo') given.demo = isValue(words[at + 1]) ? words[++at] : 'small';
    else if (VALUES.has(word)) {
      if (!isValue(words[at + 1])) return { ok: false, problem: `${word} needs a value` };
      given[NAMES[word]] = words[++at];
    } else return { ok: false, problem: `unknown word "${word}"` };
  }
  const problem = contradiction(given);
  return problem === undefined ? { ok: true, value: given } : { ok: false, problem };
}
