import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PermanentError, type Logger } from '@swarmledger/runtime';

const folder = fileURLToPath(new URL('../migrations/', import.meta.url));

/** What migrations need of a client. */
export interface SqlRunner {
  command(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

/**
 * Applies the numbered files of migrations/ that were not applied yet, in order. Each statement may run twice (IF NOT EXISTS), so
 * two processes that migrate at once do no harm.
 *
 * @throws PermanentError migration_changed when an applied file is not what it was
 */
export async function migrate(runner: SqlRunner, database: string, log: Logger): Promise<readonly string[]> {
  await runner.command(`CREATE DATABASE IF NOT EXISTS ${database}`);
  await runner.command(
    `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations (name String, checksum String, applied_at DateTime64(3, 'UTC')) ` +
      'ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1',
  );
  const rows = await runner.rows(`SELECT name, checksum FROM ${database}.schema_migrations`);
  const applied = new Map(rows.map(([name, checksum]) => [String(name), String(checksum)]));
  const done: string[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    const text = await readFile(`${folder}${name}`, 'utf8');
    const checksum = createHash('sha256').update(text).digest('hex');
    const before = applied.get(name);
    if (before === checksum) continue;
    if (before !== undefined) {
      throw new PermanentError(
        'migration_changed',
        `migration ${name} was applied with another text: add a new one instead`,
      );
    }
    for (const statement of splitStatements(text.replaceAll('{database}', database))) await runner.command(statement);
    await runner.command(`INSERT INTO ${database}.schema_migrations VALUES ('${name}', '${checksum}', now64(3))`);
    log.info('migration applied', { name });
    done.push(name);
  }
  return done;
}

/** Statements end with a semicolon at the end of a line. */
export function splitStatements(text: string): readonly string[] {
  return text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
}
