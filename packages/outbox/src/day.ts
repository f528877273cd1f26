/** UTC, such as `2026-01-31`. */
export function toDay(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
