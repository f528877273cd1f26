/** Hard limits of the protocol. Each is a promise to producers: what is within them is accepted. Bytes unless named otherwise. */
export const limits = {
  /** NATS refuses messages above its default `max_payload` of 1 MiB; headers count too, so batches are cut below it. */
  messageBytesMax: 1_000_000,
  /** What a producer fills a batch up to: leaves room for headers and the batch's own framing. */
  batchBytesTarget: 900_000,
  /** Events in one batch. A ledger transaction is at most 10 MB and an event costs it about 1 kB in keys. */
  batchEventsMax: 5_000,
  /** A gzip bomb ends here. FoundationDB's transaction limit (10 MB) leaves no room for a larger batch anyway. */
  decompressedBytesMax: 4_000_000,
  /** Content carried inline by a state change; more travels as content chunks. */
  inlineContentBytesMax: 512 * 1024,
  /** Data of one content chunk event. */
  contentChunkBytesMax: 512 * 1024,
  /** The whole of one content. */
  contentBytesMax: 64 * 1024 * 1024,
  /** UTF-8 bytes of a path: it is part of a FoundationDB key (10 kB), beside a branch name. */
  pathBytesMax: 1_024,
  /** UTF-8 bytes of a path segment: the limit of the common file systems. */
  pathSegmentBytesMax: 255,
  tenantIdLengthMax: 63,
  projectIdLengthMax: 63,
  branchLengthMax: 100,
  tagLengthMax: 200,
  agentIdBytesMax: 256,
  userIdBytesMax: 256,
  /** Changes that one merge joins; two are usual. */
  mergedEventsMax: 16,
  attributesMax: 64,
  attributeKeyBytesMax: 128,
  attributeValueBytesMax: 4_096,
  /** A producer's clock further in the future than this is a mistake, not drift. Milliseconds. */
  clockAheadMsMax: 48 * 60 * 60 * 1_000,
  /** Ids in one receipt query: the answer stays far below `messageBytesMax`. */
  receiptQueryEventsMax: 5_000,
} as const;
