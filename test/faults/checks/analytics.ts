import type { AnalyticsEvent, Finding, History } from '../checker.ts';

/** 4 each committed event once, and nothing else; 6 a tenant's own login sees its own rows. */
export function checkAnalytics(history: History): readonly Finding[] {
  const rows = new Map<string, AnalyticsEvent[]>();
  for (const row of history.analytics) {
    const key = `${row.place} ${row.eventId}`;
    const same = rows.get(key);
    if (same === undefined) rows.set(key, [row]);
    else same.push(row);
  }
  const findings: Finding[] = [];
  for (const [place, events] of history.ledger) {
    for (const { eventId, version } of events) {
      const key = `${place} ${eventId}`;
      findings.push(...checkRows(`${place} ${eventId} at ${version}`, version, rows.get(key) ?? []));
      rows.delete(key);
    }
  }
  for (const key of rows.keys()) {
    findings.push({ kind: 'crossed', invariant: 4, evidence: `ClickHouse has ${key}, the ledger has not` });
  }
  return [...findings, ...checkViews(history)];
}

function checkRows(what: string, version: string, rows: readonly AnalyticsEvent[]): readonly Finding[] {
  const [first] = rows;
  if (first === undefined) return [{ kind: 'lost', invariant: 4, evidence: `ClickHouse has no ${what}` }];
  if (rows.length > 1) {
    return [{ kind: 'doubled', invariant: 4, evidence: `ClickHouse has ${what} ${rows.length} times` }];
  }
  if (first.version === version) return [];
  return [{ kind: 'reordered', invariant: 4, evidence: `ClickHouse has ${what} at ${first.version}` }];
}

function checkViews({ seenBy }: History): readonly Finding[] {
  return [...seenBy].flatMap(([tenant, seen]) =>
    seen
      .filter((other) => other !== tenant)
      .map((other): Finding => ({
        kind: 'crossed',
        invariant: 6,
        evidence: `${tenant}'s login reads rows of ${other}`,
      })),
  );
}
