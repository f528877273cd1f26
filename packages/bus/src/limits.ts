/** Bounds of the bus. Bytes and milliseconds unless named otherwise. */
export const busLimits = {
  publishesInFlightMax: 512,
  /** Of one connection: 512 messages of 1 MB would be half a gigabyte. */
  publishBytesInFlightMax: 32 * 1024 * 1024,
  publishTimeoutMs: 5_000,
  /** Messages and bytes asked of the server ahead of the ledger, per partition. */
  prefetchMessages: 512,
  prefetchBytes: 2 * 1024 * 1024,
  /** A pull request stands this long; the server ends it with a status. */
  pullExpiresMs: 30_000,
  /** A standing request is dead when the server says nothing for two of these. */
  pullHeartbeatMs: 5_000,
  /** Acknowledgements that the server may be waiting for, per partition: a project that is held back must not stop the others. */
  unacknowledgedMax: 1_000_000,
  ackWaitMs: 30_000,
  /** JetStream's own dedupe. */
  duplicateWindowMs: 120_000,
  streamBytesMax: 4 * 1024 ** 3,
  projectMessagesMax: 1_000_000,
  deadLetterBytesMax: 1024 ** 3,
  /** Of the overflow lane, all projects together, and packets of one project: one that floods leaves room for the others. */
  overflowBytesMax: 2 * 1024 ** 3,
  overflowPacketsOfProjectMax: 10_000,
  /** What a packet of the lane is filled up to: a flood is few packets, and the head of many projects fits into memory. */
  overflowPacketBytesTarget: 128 * 1024,
  /** Jobs that wait: of all tenants, and of one (`max_msgs_per_subject`). */
  jobsBytesMax: 256 * 1024 ** 2,
  jobsOfTenantMax: 100_000,
  /** Jobs that run at the same time. */
  jobsRunningMax: 100_000,
  /** Reports and logs of jobs: the oldest go first. */
  jobReportsBytesMax: 256 * 1024 ** 2,
  jobReportsAgeMs: 7 * 24 * 60 * 60 * 1_000,
  /** Messages of one subject: a job's log is that many pieces. */
  jobReportsPerSubjectMax: 1_000,
  /** Dead letter texts: headers count towards a message's size. */
  explanationLengthMax: 500,
  closeMs: 5_000,
  /** How long one who leaves waits until the server has heard it; which messages come back it finds out by itself. */
  lastWordsMs: 1_000,
  connectTimeoutMs: 5_000,
  /** Between two attempts to connect again: doubled from the first up to the second, less up to half at random. */
  reconnectWaitMs: 250,
  reconnectWaitMsMax: 4_000,
  pingIntervalMs: 10_000,
  /** Ingestors tell each other that they are there. */
  rosterIntervalMs: 1_000,
} as const;
