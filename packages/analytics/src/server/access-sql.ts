import { createHash } from 'node:crypto';
import { assertSafeName } from '../names.ts';

/** The role of every tenant's reader. */
const readerRole = 'swarmledger_reader';
/** What the names of their users begin with; the tenant follows, and neither holds a dot. */
const userPrefix = 'tenant';
const tenantPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const namePattern = /^tenant\.([a-z0-9][a-z0-9_-]{0,62})\.(\d{1,11})\.[0-9a-f]{16}$/;

/** What a reader may read: the events table and the views over it. */
const readable = [
  'swarm_events',
  'crash_context',
  'rewritten_files',
  'change_decisions',
  'cost_by_agent',
  'activity_by_minute',
  'conflicts',
] as const;

/** What one statement of a reader may cost, and that it only reads; each of them holds whatever the reader sets. */
const readerSettings = [
  'readonly = 1 CONST',
  'max_execution_time = 30 CONST',
  `max_memory_usage = ${2 * 1024 ** 3} CONST`,
  'max_result_rows = 1000000 CONST',
  `max_result_bytes = ${512 * 1024 ** 2} CONST`,
  "result_overflow_mode = 'throw' CONST",
  'max_threads = 2 CONST',
  'max_ast_elements = 50000 CONST',
  'max_concurrent_queries_for_user = 4 CONST',
].join(', ');

/**
 * Statements that keep tenants apart on a ClickHouse server, each of which may run again: a role that reads the events and nothing else, and
 * row policies. The tenant of a reader is in the name of its user, which it cannot choose: one policy serves all of them. Everybody else,
 * the hub's own user among them, goes on seeing every row.
 *
 * https://clickhouse.com/docs/sql-reference/statements/create/row-policy
 */
export function describeReaderAccess(database: string): readonly string[] {
  assertSafeName(database);
  return [
    `CREATE SETTINGS PROFILE IF NOT EXISTS ${readerRole} SETTINGS ${readerSettings}`,
    `CREATE ROLE IF NOT EXISTS ${readerRole} SETTINGS PROFILE '${readerRole}'`,
    `CREATE ROW POLICY IF NOT EXISTS swarmledger_others ON ${database}.swarm_events FOR SELECT USING 1 TO ALL EXCEPT ${readerRole}`,
    `CREATE ROW POLICY IF NOT EXISTS swarmledger_tenant ON ${database}.swarm_events FOR SELECT USING tenant_id = splitByChar('.', currentUser())[2] AS RESTRICTIVE TO ${readerRole}`,
    `CREATE ROW POLICY IF NOT EXISTS swarmledger_reader ON ${database}.swarm_events FOR SELECT USING tenant_id = splitByChar('.', currentUser())[2] TO ${readerRole}`,
    ...readable.map((table) => `GRANT SELECT ON ${database}.${table} TO ${readerRole}`),
  ];
}

/**
 * Statements that make one reader's user. Its password stands in none of them.
 *
 * @param name as `createReaderName` makes it
 */
export function describeReader(name: string, password: string, expiresAtMs: number): readonly string[] {
  assertReaderName(name);
  const hash = createHash('sha256').update(password).digest('hex');
  const until = new Date(expiresAtMs).toISOString().slice(0, 19).replace('T', ' ');
  return [
    `CREATE USER \`${name}\` IDENTIFIED WITH sha256_hash BY '${hash}' VALID UNTIL '${until} UTC' SETTINGS PROFILE '${readerRole}'`,
    `GRANT ${readerRole} TO \`${name}\``,
    `SET DEFAULT ROLE ${readerRole} TO \`${name}\``,
  ];
}

export function describeReaderRemoval(name: string): string {
  assertReaderName(name);
  return `DROP USER IF EXISTS \`${name}\``;
}

/** @param unique 16 hex digits: two logins of one second are two users */
export function createReaderName(tenant: string, expiresAtMs: number, unique: string): string {
  if (!tenantPattern.test(tenant)) throw new RangeError('a reader’s tenant has no legal name');
  return `${userPrefix}.${tenant}.${Math.floor(expiresAtMs / 1_000)}.${unique}`;
}

/** Undefined: it is no reader's. */
export function readReaderName(name: string): { readonly tenant: string; readonly expiresAtMs: number } | undefined {
  const [, tenant, expiry] = namePattern.exec(name) ?? [];
  return tenant === undefined ? undefined : { tenant, expiresAtMs: Number(expiry) * 1_000 };
}

function assertReaderName(name: string): void {
  if (readReaderName(name) === undefined) throw new RangeError('this is no name of a reader');
}
