import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNdjson, readTrajectory } from '@swarmledger/cli/import';
import { mainBranch } from '@swarmledger/protocol';
import { toScope } from '../../ingest/events.ts';
import { openFolder } from './files.ts';
import type { OpenTarget } from './target.ts';

const target = { ...toScope({ tenant: 'acme', project: 'web' }), branch: mainBranch };
const lines = [
  { agent_id: 'me', decision: { title: 'Try', rationale: 'to know' } },
  { agent_id: 'me', state_change: { path: 'a.txt', action: 'CREATE', content: 'text' } },
  { agent_id: 'me', system_signal: { kind: 'crash', severity: 'ERROR', message: 'it broke', data: '{}' } },
];
const patch = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n+two\n';
const trajectory = {
  environment: 'swe_main',
  trajectory: [
    {
      action: "open 'x.py' 10",
      observation: '[File: /repo/x.py (2 lines total)]\n1:one\n2:two\n',
      response: 'r',
      thought: 't',
    },
    {
      action: 'edit 1:2\nthree\nend_of_edit',
      observation: '[File: /repo/x.py (1 lines total)]\n1:three\n',
      thought: 't',
    },
    { action: 'submit', observation: patch, response: 'done', thought: 't' },
  ],
  history: [{ role: 'user', content: 'do it' }],
  info: { exit_status: 'submitted', submission: patch },
};

export const openNdjsonTarget: OpenTarget = () => ({
  name: 'NDJSON',
  samples: [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))],
  run: async (input) => {
    for (const isStrict of [true, false]) {
      const onBadLine = isStrict ? {} : { onBadLine: () => undefined };
      await drain(readNdjson({ ...target, input: toStream(input), ...onBadLine })).catch((error: unknown) => {
        if (!isStrict) throw error;
      });
    }
  },
});

export const openTrajectoryTarget: OpenTarget = async (scope) => {
  const file = join(await openFolder(scope), 'run.traj');
  return {
    name: '.traj',
    samples: [Buffer.from(JSON.stringify(trajectory)), Buffer.from(JSON.stringify({ ...trajectory, history: [] }))],
    run: async (input) => {
      await writeFile(file, input);
      await drain(readTrajectory({ ...target, file }));
    },
  };
};

async function* toStream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  // Two pieces: a line, and a character, may be cut anywhere.
  const half = bytes.length >> 1;
  yield await Promise.resolve(bytes.subarray(0, half));
  yield bytes.subarray(half);
}

async function drain(groups: AsyncIterable<unknown>): Promise<void> {
  for await (const group of groups) void group;
}
