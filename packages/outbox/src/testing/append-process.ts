import { openOutbox } from '../open-outbox.ts';
import { createEntry } from './entries.ts';

// Appends until it is killed, or `count` entries; says on stdout which are durable.
//   node append-process.js FILE AGENT COUNT [lock]
const [file = '', agentId = '', count = '0', mode = ''] = process.argv.slice(2);
const outbox = await openOutbox({ file });
if (mode === 'lock') {
  await outbox.lock();
  process.stdout.write('locked\n');
  setInterval(() => undefined, 1_000);
} else {
  const appends: Promise<unknown>[] = [];
  for (let number = 1; number <= Number(count); number++) {
    const appended = outbox.append(createEntry([`${agentId} ${number}`], { agentId }));
    appends.push(appended.then(() => process.stdout.write(`${number}\n`)));
    if (number % 50 === 0) await Promise.all(appends.splice(0));
  }
  await Promise.all(appends);
  await outbox.close();
}
