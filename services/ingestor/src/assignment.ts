import type { Member } from '@swarmledger/bus';

/**
 * The partitions that one member should have: as many as everybody else, give or take one, and of those that it holds as many as
 * it may keep, so that somebody who comes or goes moves no more than has to move. Pure: with the same view everybody computes the
 * same.
 */
export function assignPartitions(members: readonly Member[], partitions: number, id: string): readonly number[] {
  const staying = members
    .filter(({ isLeaving }) => !isLeaving)
    .map((member) => member.id)
    .sort();
  if (!staying.includes(id)) return [];
  const held = new Map(members.map((member) => [member.id, new Set(member.holding)]));
  const least = Math.floor(partitions / staying.length);
  let larger = partitions % staying.length;
  const shares = new Map<string, number[]>();
  const taken = new Set<number>();
  for (const name of staying) {
    const share: number[] = [];
    shares.set(name, share);
    for (let partition = 0; partition < partitions; partition++) {
      if (taken.has(partition) || held.get(name)?.has(partition) !== true) continue;
      if (share.length === least && larger > 0) larger -= 1;
      else if (share.length >= least) continue;
      share.push(partition);
      taken.add(partition);
    }
  }
  const free = Array.from({ length: partitions }, (_, partition) => partition).filter((number) => !taken.has(number));
  for (const name of staying) {
    const share = shares.get(name) ?? [];
    while (share.length < least && free.length > 0) share.push(...free.splice(0, 1));
  }
  for (const name of staying) {
    const share = shares.get(name) ?? [];
    if (free.length > 0 && share.length === least) share.push(...free.splice(0, 1));
  }
  return [...(shares.get(id) ?? [])].sort((a, b) => a - b);
}
