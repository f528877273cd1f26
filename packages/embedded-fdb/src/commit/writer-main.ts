import { workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { openCommitter } from '../sqlite-file.ts';
import { GroupWriter } from './group-writer.ts';
import type { WriterAnswer, WriterRequest, WriterSettings } from './messages.ts';

// The thread that waits for the disk, so that the process's event loop does not.
const { file, port, answers } = workerData as WriterSettings;
let writer: GroupWriter | undefined;

port.on('message', (request: WriterRequest) => {
  say(answer(request));
  if (request.kind === 'close') port.close();
});

function answer(request: WriterRequest): WriterAnswer {
  try {
    switch (request.kind) {
      case 'write':
        // Here and not before: what is wrong with the file is an answer.
        writer ??= new GroupWriter(openCommitter(file));
        return writer.write(request);
      case 'release':
        writer?.release();
        return { kind: 'released' };
      case 'close':
        writer?.close();
        return { kind: 'closed' };
      default:
        return request satisfies never;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', message, code: error instanceof Sqlite.SqliteError ? error.code : undefined };
  }
}

function say(answer: WriterAnswer): void {
  port.postMessage(answer, answer.kind === 'written' ? [answer.spare] : []);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}
