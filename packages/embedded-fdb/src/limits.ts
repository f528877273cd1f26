/** FoundationDB's own limits: https://apple.github.io/foundationdb/known-limitations.html. Bytes and milliseconds. */
export const fdbLimits = {
  keyBytesMax: 10_000,
  valueBytesMax: 100_000,
  transactionBytesMax: 10_000_000,
  transactionMs: 5_000,
  watchesMax: 10_000,
  /** Client knob REPLY_BYTE_LIMIT: fdbclient/ClientKnobs.cpp of 7.3. */
  replyBytesMax: 80_000,
} as const;

/** Bounds of the embedded engine. */
export const engineLimits = {
  /** A snapshot is shared by transactions that begin within 5 s and each may live 5 s. */
  snapshotMs: 2 * fdbLimits.transactionMs,
  /** Distinct moments held open at once; each is one SQLite connection. */
  snapshotsMax: 64,
  /** Conflict history: longer than any transaction may live. */
  conflictHistoryMs: 2 * fdbLimits.transactionMs,
  /** How long a commit waits for another process's commit before it reports "unknown"; these take milliseconds. */
  busyMs: 10_000,
  /** How often watches look for commits of other processes. */
  watchPollMs: 20,
  /** Commits written with one fsync; more would only make the first one wait. */
  groupCommitsMax: 256,
  /** Of the transactions of one group: a copy of it is handed to the thread that writes. */
  groupBytesMax: 16_000_000,
  /** A larger buffer is not kept for the next group. */
  spareBytesMax: 4 * 1_024 * 1_024,
  /** How long closing waits for the thread that writes: longer than that waits for another process. */
  closeMs: 20_000,
  retryDelayInitialMs: 5,
  retryDelayMaxMs: 1_000,
} as const;
