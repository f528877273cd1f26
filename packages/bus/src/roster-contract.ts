/** One process of a kind of service, as it last said of itself. */
export interface Member {
  readonly id: string;
  /** It is going: nothing new is for it. */
  readonly isLeaving: boolean;
  /** Partitions in its hands. */
  readonly holding: readonly number[];
}

/**
 * Who is there: every member says so once a second over core NATS, and what it holds. Whoever is silent for three of them is gone.
 * Views may differ for a moment: leases decide who may commit, this only who should try.
 */
export interface Roster {
  readonly self: Member;
  /** Those alive, this one included, by id. */
  readonly members: readonly Member[];
  /** Called on every change of somebody. */
  onChange(body: () => void): void;
  /** Tells the others what this one holds now. */
  hold(partitions: readonly number[]): void;
  /** Tells the others to share its partitions among themselves; it may go on holding them for a while. */
  leave(): void;
  /** Says goodbye. Idempotent. */
  close(): Promise<void>;
}

export interface RosterOptions {
  /** Different for every start of a process. */
  readonly id: string;
  readonly intervalMs?: number;
}
