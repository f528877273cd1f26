/** Bounds of the outbox. Bytes and milliseconds unless named otherwise. */
export const outboxLimits = {
  /** Held unless told otherwise: about three million events. */
  bytesMax: 1024 ** 3,
  /** What an entry costs beside its body: its row, its place in the index. */
  entryOverheadBytes: 96,
  /** Calls and bytes that wait for the disk; one more call fails with `buffer_full`. */
  waitingCallsMax: 50_000,
  waitingBytesMax: 32 * 1024 * 1024,
  /** Of one group commit: longer ones make the first caller wait for the last one's bytes. */
  groupCallsMax: 2_000,
  groupBytesMax: 2 * 1024 * 1024,
  /** How long one process waits while another one writes. Each holds the file for one commit. */
  busyMs: 15_000,
  /** Making a new file takes a few milliseconds. */
  openRetryMs: 5,
  /** How often writes of other processes are looked for, while somebody listens. It reads one counter of shared memory. */
  lookMs: 50,
  /** Checkpoints copy this much: rarer ones make the WAL long to read after a crash, more often costs fsyncs. */
  checkpointPages: 1_024,
  /** Room for one checkpoint of a WAL that a group has made longer, and for one large deletion. */
  reserveBytes: 8 * 1024 * 1024,
  /** Free pages are given back to the disk above this, that many at a time. 4 KiB each. */
  freePagesKept: 2_048,
  freePagesStep: 2_048,
  /** Letters of an error that a parked entry keeps. */
  errorLengthMax: 500,
  closeMs: 10_000,
} as const;
