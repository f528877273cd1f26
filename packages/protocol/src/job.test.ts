import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJob, decodeJob, decodeJobReport, encodeJob, encodeJobReport, jobTaskBytesMax } from './job.ts';
import { parseJobsSubject } from './subjects.ts';

test('a job and a report survive a round trip', () => {
  const job = createJob({ project: 'web', task: 'é\n"', deadlineMs: 5 });
  assert.deepEqual(decodeJob(encodeJob(job)), job);
  const { id, project } = job;
  const report = { id, project, state: 'failed', attempt: 2, reason: 'why', atMs: 7 } as const;
  assert.deepEqual(decodeJobReport(encodeJobReport(report)), report);
});

test('what is no job is refused with a sentence', () => {
  const good = JSON.parse(Buffer.from(encodeJob(createJob({ project: 'web', task: 'x' }))).toString()) as object;
  const wrong = [
    '{',
    '[]',
    '5',
    JSON.stringify({ ...good, id: 'x' }),
    JSON.stringify({ ...good, project: 'A.B' }),
    JSON.stringify({ ...good, task: 5 }),
    JSON.stringify({ ...good, deadline_ms: 0 }),
    JSON.stringify({ ...good, deadline_ms: '5' }),
    JSON.stringify({ ...good, submitted_at_ms: 1.5 }),
  ];
  for (const text of wrong) assert.throws(() => decodeJob(Buffer.from(text)), { name: 'ProtocolError' }, text);
  assert.throws(() => decodeJob(Uint8Array.of(0xff)), { code: 'undecodable' });
  assert.throws(() => createJob({ project: 'web', task: 'x'.repeat(jobTaskBytesMax + 1) }), {
    code: 'message_too_large',
  });
  assert.throws(() => decodeJobReport(Buffer.from('{"state":"odd"}')), { code: 'invalid_field' });
  for (const subject of ['swarm.a.b.jobs', 'swarm.A.jobs', 'swarm.jobs', 'other.a.jobs']) {
    assert.throws(() => parseJobsSubject(subject), { name: 'ProtocolError' });
  }
});
