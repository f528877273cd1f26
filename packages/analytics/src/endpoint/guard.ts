import { exceptions } from './exceptions.ts';

/** What a reader may reach. */
export type ReadScope =
  /** Everything in the engine, and nothing outside of it. */
  | { readonly kind: 'everything' }
  /** The rows of one tenant in the events table and the views over it. */
  | { readonly kind: 'tenant'; readonly tenant: string; readonly database: string };

/** Views over the events table, and those of them that take parameters: migrations/002_views.sql. */
const views = ['crash_context', 'change_decisions', 'cost_by_agent', 'activity_by_minute', 'conflicts'] as const;
const parameterisedViews = ['rewritten_files'] as const;
const tableFunctions: ReadonlySet<string> = new Set([
  'numbers',
  'zeros',
  'values',
  'generate_series',
  'generateseries',
]);

/** Functions that reach files, other tables, other hosts, or keep a thread. `readonly` forbids table functions of these names, not functions. */
const forbiddenFunctions =
  /^(file|catboostevaluate|joinget.*|dict.*|ai[a-z]*generate.*|filesystem.*|hascolumnintable|getserversetting|getmacro|getclienthttpheader|showcertificate|sleep.*|naivebayes.*|merge|mergetree.*|remote.*|cluster.*|loop|view.*|dictionary|executable.*|url.*cluster|s3.*|hdfs.*|azure.*|mysql|postgresql|mongodb|redis|sqlite|jdbc|odbc|input|fuzz.*)$/;
const inFunction = /^(global)?(not)?(null)?in(ignoreset)?$/;

/** Nodes of a query that only reads. What is not named here is refused: a new kind of node may be a new way out. */
const nodes: ReadonlySet<string> = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'ExpressionList',
  'Asterisk',
  'QualifiedAsterisk',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'ArrayJoin',
  'Function',
  'Literal',
  'Identifier',
  'Subquery',
  'WithElement',
  'OrderByElement',
  'InterpolateElement',
  'WindowListElement',
  'WindowDefinition',
  'SampleRatio',
  'QueryParameter',
  'DescribeQuery',
]);
/** Whoever may read everything may also look around. */
const lookingAround: ReadonlySet<string> = new Set(['ShowTables', 'ShowColumns', 'ShowFunctions', 'ExistsTableQuery']);

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly children: Node[];
}

/**
 * What can be told from the text, before the engine sees any of it. A second statement would run unseen, and INTO OUTFILE writes a file even
 * when it stands behind EXPLAIN. Wherever they stand: our idea of where a string ends must not have to agree with the engine's.
 *
 * @throws EngineException
 */
export function assertOneReading(sql: string, database: string | undefined, scope: ReadScope): void {
  // Names without a database would mean another one's tables.
  if (scope.kind === 'tenant' && database !== undefined && database !== scope.database)
    throw exceptions.denied(`${database} is no database of yours`);
  if (sql.replace(/[;\s]+$/, '').includes(';'))
    throw exceptions.denied('readers send one statement at a time; a semicolon within a text is written char(59)');
  if (/outfile/i.test(sql)) throw exceptions.denied('readers cannot write files: the word OUTFILE must not occur');
}

/**
 * Checks a statement of a reader by the engine's own parse of it (`EXPLAIN AST`): each table, table function, function and kind of node.
 *
 * @throws EngineException ACCESS_DENIED with what is not allowed
 */
export function assertReading(explained: string, scope: ReadScope): void {
  for (const root of parseTree(explained)) check(root, undefined, scope);
}

function check(node: Node, parent: Node | undefined, scope: ReadScope): void {
  const { kind, name, children } = node;
  const isKnown = nodes.has(kind) || (scope.kind === 'everything' && lookingAround.has(kind));
  if (!isKnown) throw exceptions.readonlyStatement(kind);
  if (kind === 'Function') checkFunction(node, parent, scope);
  if (kind === 'TableIdentifier' && scope.kind === 'tenant') checkTable(name, scope.database);
  for (const child of children) check(child, node, scope);
}

function checkFunction({ name, children }: Node, parent: Node | undefined, scope: ReadScope): void {
  const lower = name.toLowerCase();
  if (forbiddenFunctions.test(lower)) throw exceptions.denied(`readers cannot call ${name}`);
  if (parent?.kind === 'TableExpression' && scope.kind === 'tenant') {
    const allowed = parameterisedViews.some((view) => name === view || name === `${scope.database}.${view}`);
    if (!allowed && !tableFunctions.has(lower)) throw exceptions.denied(`${name} is no table of yours`);
  }
  // `x IN t` reads the table t, which stands there as a mere identifier.
  const [, right] = children[0]?.children ?? [];
  if (scope.kind === 'tenant' && inFunction.test(lower) && right?.kind === 'Identifier')
    throw exceptions.denied(`write IN (SELECT ... FROM ${right.name})`);
}

/** A name without a database is a WITH element, or a table of our database: all of those may be read. */
function checkTable(name: string, database: string): void {
  if (!name.includes('.')) return;
  if (['swarm_events', ...views].some((table) => name === `${database}.${table}`)) return;
  throw exceptions.denied(`${name} is no table of yours`);
}

/** `Kind name (alias x) (children n)` a line, one space deeper a level. */
function parseTree(explained: string): readonly Node[] {
  const roots: Node[] = [];
  const path: Node[] = [];
  for (const line of explained.split('\n').filter((text) => text.trim() !== '')) {
    const depth = line.length - line.trimStart().length;
    const [, kind = '', name = ''] = /^ *(\S+) ?(.*?)(?: \(alias .*\))?(?: \(children \d+\))?$/.exec(line) ?? [];
    const node: Node = { kind, name, children: [] };
    path.length = Math.min(depth, path.length);
    const parent = path.at(-1);
    if (parent === undefined) roots.push(node);
    else parent.children.push(node);
    path.push(node);
  }
  return roots;
}
