import type { Finding, History, RestoredTree } from '../checker.ts';
import { applyFact, describeFiles, factOf, placeName, sessions, type Session } from '../facts.ts';

/** 5 the bytes that the project had: what the events up to a version make of an empty folder. */
export function checkRestores(history: History): readonly Finding[] {
  return history.restored.flatMap((tree) => {
    const expected = describeFiles(modelAt(history, tree));
    if (expected === tree.files) return [];
    const evidence = `${tree.place} restored at ${tree.version} is\n${tree.files}\nand not\n${expected}`;
    return [{ kind: 'lost' as const, invariant: 5, evidence }];
  });
}

function modelAt({ ledger }: History, { place, version }: RestoredTree): ReadonlyMap<string, string> {
  let files: ReadonlyMap<string, string> = new Map();
  for (const event of ledger.get(place) ?? []) {
    if (event.version > version) break;
    const session = sessions.find((one) => isOf(one, place) && one.agent === event.agent);
    if (session !== undefined && event.number !== undefined) files = applyFact(files, factOf(session, event.number));
  }
  return files;
}

function isOf(session: Session, place: string): boolean {
  return placeName(session) === place;
}
