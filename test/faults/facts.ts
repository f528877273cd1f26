import { createHash } from 'node:crypto';
import { deriveEventId, type EventId } from '@swarmledger/protocol';

/** One agent's writing in one project. */
export interface Session {
  readonly tenant: string;
  readonly project: string;
  readonly agent: 'online' | 'edge';
}

/** Both tenants name their projects alike, so that whatever crosses lands where it is noticed. Two agents share one project. */
export const sessions: readonly Session[] = [
  { tenant: 'acme', project: 'web', agent: 'online' },
  { tenant: 'globex', project: 'web', agent: 'online' },
  { tenant: 'acme', project: 'shared', agent: 'online' },
  { tenant: 'acme', project: 'app', agent: 'edge' },
  { tenant: 'globex', project: 'app', agent: 'edge' },
  { tenant: 'acme', project: 'shared', agent: 'edge' },
];

/** Every project that is written to, once. */
export const places: readonly Pick<Session, 'tenant' | 'project'>[] = sessions
  .map(({ tenant, project }) => ({ tenant, project }))
  .filter((place, index, all) => all.findIndex((other) => placeName(other) === placeName(place)) === index);

export function placeName({ tenant, project }: Pick<Session, 'tenant' | 'project'>): string {
  return `${tenant}/${project}`;
}

export function sessionName(session: Session): string {
  return `${placeName(session)}/${session.agent}`;
}

/** What the workload's event number n of a session is: it follows from its number, so that nobody has to remember it. */
export type Fact =
  | { readonly kind: 'decision' | 'signal'; readonly text: string }
  | { readonly kind: 'put'; readonly path: string; readonly content: string }
  | { readonly kind: 'remove'; readonly path: string };

/** The attribute that carries the number. */
export const numberAttribute = 'n';
/** Content of this length travels in chunks ahead of its change. */
const largeContentBytes = 700_000;
const paths = 11;

export function factOf(session: Session, number: number): Fact {
  const text = `${sessionName(session)} ${number}`;
  const path = `src/f${number % paths}.txt`;
  if (number % 8 < 2) return { kind: 'decision', text };
  if (number % 8 === 2) return { kind: 'signal', text };
  if (number % 8 === 7) return { kind: 'remove', path };
  const content = number % 149 === 4 ? text.padEnd(largeContentBytes, '.') : `${text}\n`.repeat(1 + (number % 5));
  return { kind: 'put', path, content };
}

/** The id by which an event that is recorded again is known. */
export function eventIdOf(run: string, session: Session, number: number): EventId {
  return deriveEventId(1_750_000_000_000, `${run} ${sessionName(session)} ${number}`);
}

/** The files after a fact: content by path. */
export function applyFact(files: ReadonlyMap<string, string>, fact: Fact): ReadonlyMap<string, string> {
  if (fact.kind !== 'put' && fact.kind !== 'remove') return files;
  const next = new Map(files);
  if (fact.kind === 'put') next.set(fact.path, fact.content);
  else next.delete(fact.path);
  return next;
}

/** One line that stands for a tree. */
export function describeFiles(files: ReadonlyMap<string, string>): string {
  return [...files]
    .map(([path, content]) => `${path} ${createHash('sha256').update(content).digest('hex')}`)
    .sort()
    .join('\n');
}
