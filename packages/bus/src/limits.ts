/** Bounds of the bus. Bytes and milliseconds unless named otherwise. */
export const busLimits = {
  publishesInFlightMax: 512,
  /** Of one connection: 512 messages of 1 MB would be half a gigabyte. */
  publishBytesInFlightMax: 32 * 1024 * 1024,
  publishTimeoutMs: 5_000,
  /** Messages and bytes asked of the server ahead of the ledger, per partition. */
  prefetchMessages: 1_024,
  prefetchBytes: 4 * 1024 * 1024,
  /** A pull request stands this long; the server ends it with a status. */
  pullExpiresMs: 30_000,
  /** A standing request is dead when the server says nothing for two of these. */
  pullHeartbeatMs: 5_000,
  /** Acknowledgements that the server may be waiting for, per partition. */
  unacknowledgedMax: 20_000,
  ackWaitMs: 30_000,
  /** JetStream's own dedupe. */
  duplicateWindowMs: 120_000,
  streamBytesMax: 4 * 1024 ** 3,
  projectMessagesMax: 1_000_000,
  deadLetterBytesMax: 1024 ** 3,
  /** Dead letter texts: headers count towards a message's size. */
  explanationLengthMax: 500,
  closeMs: 5_000,
  connectTimeoutMs: 5_000,
  /** Between two attempts to connect again: doubled from the first up to the second, less up to half at random. */
  reconnectWaitMs: 250,
  reconnectWaitMsMax: 4_000,
  pingIntervalMs: 10_000,
} as const;
