export const dayMs = 24 * 60 * 60 * 1_000;

/** UTC, such as `2026-01-31`: what usage is counted by. */
export function toDay(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 10);
}
