// Restores in a process of its own, to be killed or limited. Prints `paths N` as it goes, then `peak KB -> KB` (resident
// memory before and after) and `done`, or `failed CODE MESSAGE`.
import { openLedger } from '@swarmledger/ledger';
import { mainBranch, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import { errorCode, errorMessage } from '@swarmledger/runtime';
import type { ChildArguments } from './restore-child-process.ts';

const given = JSON.parse(process.argv[2] ?? '') as ChildArguments;
const ledger = await openLedger({ connection: { kind: 'embedded', file: given.ledgerFile } });
try {
  const history = await ledger.project(parseTenantId(given.tenant), parseProjectId(given.project));
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  const existing = given.replace === true ? 'replace' : 'refuse';
  const onProgress = ({ paths }: { paths: number }): void => {
    process.stdout.write(`paths ${paths}\n`);
    // Stands still in the middle of the restore until it is killed.
    if (paths === given.holdAtPaths) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const idleKb = process.resourceUsage().maxRSS;
  await restore(history, { moment, directory: given.directory, existing }, { onProgress });
  process.stdout.write(`peak ${idleKb} -> ${process.resourceUsage().maxRSS}\n`);
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`failed ${errorCode(error)} ${errorMessage(error)}\n`);
  process.exitCode = 1;
} finally {
  await ledger.close();
}
