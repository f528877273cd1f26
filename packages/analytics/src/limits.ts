/** Bounds of the analytics copy. */
export const analyticsLimits = {
  /** One block: ClickHouse splits an insert only above max_insert_block_size, about a million rows. */
  groupRowsMax: 50_000,
  requestTimeoutMs: 60_000,
  connectionsMax: 8,
} as const;
