// Rules on what code says: no `any`, no silenced checkers, no barrels, no 'use server', no swallowed errors,
// no module state, kinds decided only where kinds live, pure rooms without a clock of their own.
import type { BinaryExpression, Expression, Node, Statement, SwitchStatement } from 'oxc-parser';
import { isWithin, type Room, roomOf } from './room.ts';
import type { SourceFile, Violation } from './source-file.ts';

export interface CodeRules {
  /** where `kind === 'Pod'` may stand */
  readonly kindRooms: readonly string[];
  /** kinds of the API machinery itself, which any client must know; `…List` is one always */
  readonly machineryKinds: readonly string[];
  /** where mutable module state is refused */
  readonly statelessRooms: readonly string[];
  /** how many comments may silence a lint rule, each with its reason, in the whole house; the type checker: none */
  readonly lintSuppressions: number;
}

type Report = (node: { readonly start: number }, rule: string, message: string) => void;

const TYPE_SUPPRESSION = /^\s*@ts-(ignore|expect-error|nocheck)/;
const LINT_SUPPRESSION = /^\s*biome-ignore/;
const WITH_REASON = /^\s*biome-ignore(-\w+)?( [a-zA-Z0-9/]+)+: .{10,}/;
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'fetch'];
const OWN_CLOCKS: Record<string, readonly string[]> = {
  Date: ['now'],
  performance: ['now'],
  Math: ['random'],
  crypto: ['randomUUID', 'getRandomValues'],
  process: ['env', 'hrtime', 'nextTick', 'cwd'],
};

const isIdentifier = (node: Node, names: readonly string[]) =>
  node.type === 'Identifier' && names.includes(node.name);

function purity(report: Report) {
  const say = (node: Node, what: string) =>
    report(
      node,
      'pure',
      `${what} in a pure room: take the clock, the timer, the random numbers or the answer as an argument`,
    );
  return {
    CallExpression(node: Node & { callee: Expression }) {
      if (isIdentifier(node.callee, TIMERS)) say(node, `${(node.callee as { name: string }).name}()`);
    },
    NewExpression(node: Node & { callee: Expression; arguments: readonly unknown[] }) {
      if (isIdentifier(node.callee, ['Date']) && node.arguments.length === 0) say(node, 'new Date()');
    },
    MemberExpression(node: Node & { object: Expression; property: Node; computed: boolean }) {
      if (node.object.type !== 'Identifier' || node.computed || node.property.type !== 'Identifier') return;
      const members = Object.hasOwn(OWN_CLOCKS, node.object.name) ? OWN_CLOCKS[node.object.name] : undefined;
      if (members?.includes(node.property.name)) say(node, `${node.object.name}.${node.property.name}`);
    },
  };
}

const isKindNamed = (node: Node): boolean => {
  if (node.type === 'ChainExpression') return isKindNamed(node.expression);
  if (node.type === 'Identifier') return /(^k|K)ind$/.test(node.name);
  return node.type === 'MemberExpression' && isKindNamed(node.property);
};

const kindLiteral = (node: Node, except: readonly string[]) =>
  node.type === 'Literal' &&
  typeof node.value === 'string' &&
  /^[A-Z][A-Za-z]+$/.test(node.value) &&
  !node.value.endsWith('List') &&
  !except.includes(node.value)
    ? node.value
    : undefined;

function kinds(rules: CodeRules, report: Report) {
  const say = (node: Node, kind: string) =>
    report(
      node,
      'kinds',
      `decides by kind ("${kind}"): what a kind means belongs to ${rules.kindRooms.join(', ')}; ask the registry or pass the answer`,
    );
  return {
    BinaryExpression(node: BinaryExpression) {
      if (!/^[!=]==?$/.test(node.operator)) return;
      for (const [one, other] of [
        [node.left, node.right],
        [node.right, node.left],
      ] as const) {
        const kind = kindLiteral(other, rules.machineryKinds);
        if (kind !== undefined && isKindNamed(one)) say(node, kind);
      }
    },
    SwitchStatement(node: SwitchStatement) {
      if (!isKindNamed(node.discriminant)) return;
      const kind = node.cases
        .map((one) => one.test && kindLiteral(one.test, rules.machineryKinds))
        .find(Boolean);
      if (kind) say(node, kind);
    },
  };
}

function everywhere(file: SourceFile, report: Report) {
  return {
    TSAnyKeyword(node: Node) {
      report(node, 'any', '`any` switches the checker off: take `unknown` and narrow it');
    },
    CatchClause(node: Node & { body: Node & { body: readonly unknown[] } }) {
      const { start, end } = node.body;
      const isExplained = file.comments.some((comment) => comment.start > start && comment.end < end);
      if (node.body.body.length === 0 && !isExplained)
        report(node, 'errors', 'an error is swallowed: handle it, or say in a comment why it means nothing');
    },
  };
}

/** A WeakMap is free: what it remembers of an object ends with the object. */
const isEmptyCollection = (node: Expression | null) =>
  node?.type === 'NewExpression' && isIdentifier(node.callee, ['Map', 'Set']) && node.arguments.length === 0;

function checkStatement(statement: Statement, isStateless: boolean, report: Report): void {
  const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (isStateless && inner?.type === 'VariableDeclaration') {
    const isState = inner.kind !== 'const' || inner.declarations.some((one) => isEmptyCollection(one.init));
    if (isState && !inner.declare)
      report(
        inner,
        'state',
        'module state is shared by everything that imports it: put it in an object that main builds',
      );
  }
  if (statement.type === 'ExportAllDeclaration')
    report(statement, 'barrels', '`export *` hides where things come from: import from the file itself');
  if (
    statement.type === 'ExpressionStatement' &&
    'directive' in statement &&
    statement.directive === 'use server'
  )
    report(statement, 'server-actions', 'no Server Actions: writes go through app/api as the user');
}

const isReExport = (statement: Statement) =>
  statement.type === 'ExportAllDeclaration' ||
  (statement.type === 'ExportNamedDeclaration' && statement.source !== null);

function checkFile(rooms: readonly Room[], rules: CodeRules, file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const report: Report = (node, rule, message) =>
    found.push({ path: file.path, line: file.lineOf(node.start), rule, message });
  const isStateless = !file.isTest && rules.statelessRooms.some((place) => isWithin(file.path, place));
  for (const statement of file.program.body) checkStatement(statement as Statement, isStateless, report);
  const { body } = file.program;
  if (body.length > 0 && body.every((one) => isReExport(one as Statement)))
    report(file.program, 'barrels', 'a file that only re-exports: import from the files themselves');
  file.visit(everywhere(file, report));
  if (!file.isTest && roomOf(rooms, file.path)?.isPure) file.visit(purity(report));
  const isKindFree = file.isTest || rules.kindRooms.some((place) => isWithin(file.path, place));
  if (!isKindFree) file.visit(kinds(rules, report));
  return found;
}

/** Comments that silence a checker. */
function checkSuppressions(rules: CodeRules, files: readonly SourceFile[]): Violation[] {
  const matching = (pattern: RegExp, message: (text: string) => string | undefined) =>
    files.flatMap((file) =>
      file.comments.flatMap((comment) => {
        const wrong = pattern.test(comment.value) ? message(comment.value) : undefined;
        const line = file.lineOf(comment.start);
        return wrong === undefined ? [] : [{ path: file.path, line, rule: 'suppressions', message: wrong }];
      }),
    );
  const lint = matching(LINT_SUPPRESSION, () => 'silences a lint rule');
  const tooMany = `${lint.length} comments silence a lint rule, at most ${rules.lintSuppressions} may: mend what it says`;
  return [
    ...matching(TYPE_SUPPRESSION, () => 'silences the type checker: narrow the type instead'),
    ...matching(LINT_SUPPRESSION, (text) =>
      WITH_REASON.test(text)
        ? undefined
        : 'silences a lint rule without saying why: "biome-ignore RULE: reason"',
    ),
    ...(lint.length <= rules.lintSuppressions ? [] : lint.map((one) => ({ ...one, message: tooMany }))),
  ];
}

export function checkCode(
  rooms: readonly Room[],
  rules: CodeRules,
  files: readonly SourceFile[],
): Violation[] {
  return [...files.flatMap((file) => checkFile(rooms, rules, file)), ...checkSuppressions(rules, files)];
}
