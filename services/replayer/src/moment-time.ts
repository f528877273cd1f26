import { replayError } from './errors.ts';

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const agoPattern = /^(\d{1,9})\s*(s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)\s+ago$/i;
const unixMsPattern = /^\d{12,14}$/;
const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * What a person types for a moment: ISO 8601 (`2026-11-21T05:00:00.123456Z`, `2026-11-21 05:00`, `2026-11-21`; local time
 * without a zone), Unix milliseconds, `10m ago` (s, m, h, d, w), or `now`.
 *
 * @returns Unix microseconds
 * @throws PermanentError invalid_time
 */
export function parseMomentTime(text: string, nowMs: number = Date.now()): number {
  const trimmed = text.trim();
  if (trimmed.toLowerCase() === 'now') return nowMs * 1_000;
  const ago = agoPattern.exec(trimmed);
  if (ago !== null) return (nowMs - Number(ago[1]) * (unitMs[(ago[2] ?? '').charAt(0).toLowerCase()] ?? 0)) * 1_000;
  if (unixMsPattern.test(trimmed)) return Number(trimmed) * 1_000;
  const iso = isoPattern.exec(trimmed);
  const us = iso === null ? undefined : readIso(iso);
  if (us !== undefined) return us;
  const hint = /^\d{9,10}$/.test(trimmed) ? ` (in seconds? then it is ${trimmed}000)` : '';
  throw replayError(
    'invalid_time',
    `${JSON.stringify(text.slice(0, 80))} is not a time${hint}: give 2026-11-21T05:00:00Z, "2026-11-21 05:00" (local), ` +
      'Unix milliseconds or "10m ago"',
  );
}

/** The same, for the hub's clock, which counts milliseconds. @returns Unix milliseconds */
export function parseMomentTimeMs(text: string, nowMs: number = Date.now()): number {
  return Math.floor(parseMomentTime(text, nowMs) / 1_000);
}

function readIso(match: RegExpExecArray): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  // Date rolls 30 February over into March: the parts must come back as they were given.
  const asUtc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const given = [month - 1, day, hour, minute, second];
  const read = [
    asUtc.getUTCMonth(),
    asUtc.getUTCDate(),
    asUtc.getUTCHours(),
    asUtc.getUTCMinutes(),
    asUtc.getUTCSeconds(),
  ];
  if (given.some((part, index) => part !== read[index])) return undefined;
  const fractionUs = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  const zone = match[8];
  const ms =
    zone === undefined
      ? new Date(year, month - 1, day, hour, minute, second).getTime()
      : asUtc.getTime() - zoneOffsetMs(zone);
  return ms * 1_000 + fractionUs;
}

function zoneOffsetMs(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
