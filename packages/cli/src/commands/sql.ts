import type { Command } from 'commander';
import { requireHub } from '../hub/hub-file.ts';
import { withAnalytics } from '../hub/connect.ts';
import { styleOf, writeLine, type Io } from '../output/io.ts';
import { renderTable } from '../output/table.ts';
import { readOptions, type GlobalOptions } from './shared.ts';

export function registerSql(program: Command, io: Io): void {
  program
    .command('sql')
    .description('ask the analytics copy; the table is swarm_events, the views are in docs/analytics.md')
    .argument('<query>', 'one SELECT, in ClickHouse SQL')
    .option('--format <name>', "output in one of ClickHouse's formats, such as CSVWithNames")
    .action(async (query: string, _options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions & { readonly format?: string }>(command);
      const hub = await requireHub(options.data);
      await withAnalytics(hub, 'analyst', async (analytics) => {
        const request = { signal: io.signal };
        const format = options.format ?? (options.json ? 'JSONEachRow' : undefined);
        if (format !== undefined) {
          io.stdout.write(await analytics.queryText(query, format, request));
          return;
        }
        const { columns, rows } = await analytics.query(query, request);
        writeLine(
          io,
          renderTable(
            columns.map(({ name }) => name),
            rows,
            styleOf(io),
          ),
        );
        writeLine(io, `${rows.length} row${rows.length === 1 ? '' : 's'}`);
      });
    });
}
