import type { ErrorFactory } from './errors.ts';
import { engineLimits, fdbLimits } from './limits.ts';

/** `fdb_transaction_option` codes that change what the embedded ledger does. */
const optionCodes = {
  nextWriteNoWriteConflictRange: 30,
  readYourWritesDisable: 51,
  accessSystemKeys: 301,
  readSystemKeys: 302,
  rawAccess: 303,
  timeout: 500,
  retryLimit: 501,
  maxRetryDelay: 502,
  sizeLimit: 503,
  snapshotRywEnable: 600,
  snapshotRywDisable: 601,
  usedDuringCommitProtectionDisable: 701,
  bypassUnreadable: 1100,
} as const;

/**
 * Options about servers, tracing, priorities and caches: one file on one machine has none of these, so obeying them is doing
 * nothing.
 */
const harmlessCodes: ReadonlySet<number> = new Set([
  10, 20, 21, 23, 40, 50, 52, 110, 120, 130, 200, 201, 300, 400, 401, 402, 403, 404, 405, 406, 504, 505, 700, 702, 710,
  711, 712, 713, 714, 800, 801, 900, 1000, 1101, 1102, 2000,
]);

/** A transaction's options. Milliseconds and bytes. */
export class TransactionOptions {
  skipNextWriteConflict = false;
  readYourWrites = true;
  snapshotReadYourWrites = 1;
  systemKeys: 'none' | 'read' | 'write' = 'none';
  timeoutMs: number | undefined;
  retryLimit = Infinity;
  maxRetryDelayMs: number = engineLimits.retryDelayMaxMs;
  sizeLimitBytes: number = fdbLimits.transactionBytesMax;
  bypassUnreadable = false;

  /** What stays over `onError`: the options that fdb.options of 7.3 calls persistent, on top of the database's defaults. */
  afterRetry(defaults: TransactionOptions): TransactionOptions {
    return Object.assign(defaults, {
      timeoutMs: this.timeoutMs,
      retryLimit: this.retryLimit,
      maxRetryDelayMs: this.maxRetryDelayMs,
    });
  }

  /** @throws invalid_option_value */
  set(code: number, param: string | number | Buffer | null, errors: ErrorFactory): void {
    switch (code) {
      case optionCodes.nextWriteNoWriteConflictRange:
        this.skipNextWriteConflict = true;
        break;
      case optionCodes.readYourWritesDisable:
        this.readYourWrites = false;
        break;
      case optionCodes.readSystemKeys:
        if (this.systemKeys === 'none') this.systemKeys = 'read';
        break;
      case optionCodes.accessSystemKeys:
      case optionCodes.rawAccess:
        this.systemKeys = 'write';
        break;
      case optionCodes.timeout: {
        const timeout = toInteger(param, 0, errors);
        this.timeoutMs = timeout === 0 ? undefined : timeout;
        break;
      }
      case optionCodes.retryLimit: {
        const retries = toInteger(param, -1, errors);
        this.retryLimit = retries === -1 ? Infinity : retries;
        break;
      }
      case optionCodes.maxRetryDelay:
        this.maxRetryDelayMs = toInteger(param, 0, errors);
        break;
      case optionCodes.sizeLimit: {
        const bytes = toInteger(param, 32, errors);
        if (bytes > fdbLimits.transactionBytesMax) throw errors.create('invalid_option_value');
        this.sizeLimitBytes = bytes;
        break;
      }
      case optionCodes.snapshotRywEnable:
        this.snapshotReadYourWrites += 1;
        break;
      case optionCodes.snapshotRywDisable:
        this.snapshotReadYourWrites -= 1;
        break;
      case optionCodes.bypassUnreadable:
        this.bypassUnreadable = true;
        break;
      case optionCodes.usedDuringCommitProtectionDisable:
        break;
      default:
        if (!harmlessCodes.has(code)) throw errors.create('invalid_option_value');
    }
  }
}

function toInteger(param: string | number | Buffer | null, min: number, errors: ErrorFactory): number {
  const value = Buffer.isBuffer(param) && param.length === 8 ? Number(param.readBigInt64LE()) : Number(param);
  if (param === null || !Number.isSafeInteger(value) || value < min) throw errors.create('invalid_option_value');
  return value;
}
