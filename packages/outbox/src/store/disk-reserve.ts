import { closeSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { errorCode } from '@swarmledger/runtime';
import { outboxLimits } from '../limits.ts';

const pieceBytes = 1024 * 1024;

/**
 * Room on the disk that only deleting may use. An outbox that has filled its disk could not be drained otherwise: SQLite needs room to
 * delete. While the reserve is not whole, appends are refused: they would take what it gave.
 */
export class DiskReserve {
  readonly #file: string;
  #isKnownWhole = false;

  constructor(outboxFile: string) {
    this.#file = `${outboxFile}-reserve`;
  }

  get bytes(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Makes it whole if it is not. False: the disk has no room for it. */
  ensure(): boolean {
    // Another process may have given it away: asked every time, it is one system call.
    if (this.#isKnownWhole && this.bytes === outboxLimits.reserveBytes) return true;
    this.#isKnownWhole = this.bytes === outboxLimits.reserveBytes || this.#fill();
    return this.#isKnownWhole;
  }

  release(): void {
    this.#isKnownWhole = false;
    const descriptor = openSync(this.#file, 'a', 0o600);
    try {
      ftruncateSync(descriptor, 0);
    } finally {
      closeSync(descriptor);
    }
  }

  #fill(): boolean {
    try {
      const descriptor = openSync(this.#file, 'w', 0o600);
      try {
        const piece = Buffer.alloc(pieceBytes);
        for (let at = 0; at < outboxLimits.reserveBytes;)
          at += writeSync(descriptor, piece, 0, Math.min(pieceBytes, outboxLimits.reserveBytes - at), at);
        fsyncSync(descriptor);
        return true;
      } catch (error) {
        ftruncateSync(descriptor, 0);
        throw error;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errorCode(error))) return false;
      throw error;
    }
  }
}
