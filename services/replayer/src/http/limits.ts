/** Bounds of the HTTP service: what one caller can cost. */
export const httpLimits = {
  /** A token is at most 16 KiB; everything else in a request is short. Bytes. */
  headerBytesMax: 24 * 1024,
  /** The longest path (1,024 bytes, each up to three characters in a URL) with room for globs. Bytes. */
  urlBytesMax: 8 * 1024,
  /** Open connections of one process. */
  connectionsMax: 1_024,
  /** Requests at work at once. More are told to come back: each may hold a page of events. */
  requestsAtOnceMax: 256,
  /** Of one tenant, so that one cannot take all of them. */
  requestsPerTenantMax: 32,
  /** Archives, diffs and unpaged streams at work at once: each reads a whole tree or history, with 1 MiB of content in memory. */
  streamsAtOnceMax: 8,
  streamsPerTenantMax: 2,
  /** Items of one page. */
  pageItemsDefault: 100,
  pageItemsMax: 1_000,
  /** A page ends with the item that reaches it, however many were asked for. Bytes of JSON. */
  pageBytesTarget: 4 * 1024 * 1024,
  /** A page that takes longer is given up. A stream may take as long as its reader goes on reading. Milliseconds. */
  answerMsMax: 60_000,
  /** A connection on which nothing moves, in either direction, is closed. Milliseconds. */
  stallMsMax: 120_000,
  /** To send the headers of a request. Milliseconds. */
  headersMsMax: 10_000,
  keepAliveMs: 5_000,
  /** After SIGTERM, answers under way may go on for so long: well below the 10 s of the process. Milliseconds. */
  drainMs: 7_000,
} as const;
