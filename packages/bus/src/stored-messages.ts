import { NatsError, type JetStreamManager, type StoredMsg } from 'nats';
import { jetStreamCode, jetStreamCodes } from './errors.ts';

/** A stream's first message on `subject` from `sequence` on, as its leader has it; undefined: there is none. @throws NatsError */
export async function findMessage(
  manager: JetStreamManager,
  stream: string,
  from: { readonly sequence: number; readonly subject: string },
): Promise<StoredMsg | undefined> {
  try {
    // The typed query lacks next_by_subj; servers from 2.9 on know it.
    const query = { seq: from.sequence, next_by_subj: from.subject } as { seq: number };
    return await manager.streams.getMessage(stream, query);
  } catch (error) {
    if (isNoMessage(error)) return undefined;
    throw error;
  }
}

/** Idempotent. @throws NatsError */
export async function removeMessage(manager: JetStreamManager, stream: string, sequence: number): Promise<void> {
  try {
    await manager.streams.deleteMessage(stream, sequence, false);
  } catch (error) {
    if (isNoMessage(error)) return;
    // The server has one code for "it is not there" and for whatever else: asked for, it tells.
    const isGone = await manager.streams.getMessage(stream, { seq: sequence }).then(() => false, isNoMessage);
    if (!isGone) throw error;
  }
}

function isNoMessage(error: unknown): boolean {
  return (
    error instanceof NatsError && (error.code === '404' || jetStreamCode(error) === jetStreamCodes.messageNotFound)
  );
}
