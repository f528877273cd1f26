import type { BranchName, EventId, ProjectPath, Receipt, SwarmEvent, TagName, Version } from '@swarmledger/protocol';

export interface ReadOptions {
  /** Ends the read with its reason (an AbortError). */
  readonly signal?: AbortSignal;
}

export interface TreeReadOptions extends ReadOptions {
  /** Only paths behind this one: where a page of a long listing goes on. */
  readonly after?: ProjectPath;
}

export interface WatchOptions {
  /** Ends the wait quietly. */
  readonly signal: AbortSignal;
}

/** A moment of a branch: the state right after `version`. */
export interface BranchPoint {
  readonly branch: BranchName;
  readonly version: Version;
}

export interface StoredEvent {
  readonly version: Version;
  /** Hub's clock at commit, Unix milliseconds. Never decreases along a branch. */
  readonly commitTimeMs: number;
  readonly event: SwarmEvent;
  /** The event's bytes, inline content replaced by its hash. */
  readonly raw: Uint8Array;
}

export interface Head {
  readonly version: Version;
  readonly commitTimeMs: number;
  /** Events committed to this branch itself, without its parents' and with the ledger's own conflict events. */
  readonly events: number;
}

export interface EventRange {
  readonly branch: BranchName;
  /** Exclusive. */
  readonly after?: Version;
  /** Inclusive; the head when the iteration starts by default. */
  readonly until?: Version;
  /** `oldest_first` by default. */
  readonly order?: 'oldest_first' | 'newest_first';
  readonly limit?: number;
}

/** One file of a project at one version. */
export interface TreeEntry {
  readonly path: ProjectPath;
  /** One of Git's modes. */
  readonly mode: number;
  /** Of the content: 32 bytes. */
  readonly sha256: Buffer;
  /** Length of the content. */
  readonly bytes: number;
  /** The change that made it so. */
  readonly version: Version;
  readonly eventId: string;
  /** The decision behind the change, or empty. */
  readonly parentEventId: string;
}

/** A content and its length, as a tree entry says. */
export interface ContentRef {
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
}

export type PathChange =
  | ({ readonly exists: true } & TreeEntry)
  /** The path was deleted or moved away. */
  | {
      readonly exists: false;
      readonly path: ProjectPath;
      readonly version: Version;
      readonly eventId: string;
      readonly parentEventId: string;
    };

export interface Tag extends BranchPoint {
  readonly name: TagName;
  /** The event that set it; empty when a person did. */
  readonly eventId: string;
  /** Where the tag pointed before it was moved. */
  readonly movedFrom?: BranchPoint;
  /** Unix milliseconds. */
  readonly setAtMs: number;
}

export interface Branch {
  readonly name: BranchName;
  /** Absent for `main`. */
  readonly parent?: BranchPoint;
  readonly createdBy: string;
  readonly reason: string;
  /** Unix milliseconds; 0 for `main`. */
  readonly createdAtMs: number;
}

export interface Why {
  readonly by: string;
  readonly reason: string;
}

/**
 * One project's history. Reads on a branch see its parent up to the fork version, then the branch. A read pinned to a version
 * gives the same answer for ever, however long it takes. Every read of an unknown branch throws PermanentError
 * `unknown_branch`; `main` always exists. A stored record that cannot be read throws PermanentError `corrupt_record`.
 */
export interface ProjectHistory {
  /** Undefined: nothing was committed to the branch itself yet. */
  head(branch: BranchName, options?: ReadOptions): Promise<Head | undefined>;
  /** The newest version that a read of the branch sees: its head, else its fork version. Undefined: nothing at all. */
  latest(branch: BranchName, options?: ReadOptions): Promise<Version | undefined>;
  events(range: EventRange, options?: ReadOptions): AsyncIterable<StoredEvent>;
  find(eventId: EventId, options?: ReadOptions): Promise<StoredEvent | undefined>;
  /** In the order of `ids`; `committed` or `unknown`. */
  receipts(ids: readonly EventId[], options?: ReadOptions): Promise<readonly Receipt[]>;

  /** The files at a version, in UTF-8 byte order of their paths. Cost follows the number of paths, not of versions. */
  tree(branch: BranchName, at: Version, options?: TreeReadOptions): AsyncIterable<TreeEntry>;
  /** Undefined: the path does not exist at that version. */
  pathState(branch: BranchName, path: ProjectPath, at: Version, options?: ReadOptions): Promise<TreeEntry | undefined>;
  /** Newest first. */
  pathChanges(branch: BranchName, path: ProjectPath, at: Version, options?: ReadOptions): AsyncIterable<PathChange>;
  /** The bytes in pieces. @throws PermanentError content_missing, corrupt_record */
  content(sha256: Uint8Array, options?: ReadOptions): AsyncIterable<Buffer>;
  /**
   * Many contents at once, each whole and with its hash checked, in the order asked for, in as few reads as 1 MB each allows:
   * small files cost a share of a read instead of one. All of them are in memory. @throws PermanentError content_missing,
   * corrupt_record
   */
  contents(refs: readonly ContentRef[], options?: ReadOptions): Promise<readonly Buffer[]>;

  /** The last version committed at or before a moment (Unix milliseconds). Undefined: the moment is before the first. */
  versionAtTime(branch: BranchName, commitTimeMs: number, options?: ReadOptions): Promise<Version | undefined>;
  /** The moment right before an event. Undefined: it is the first. @throws PermanentError unknown_event */
  versionBefore(eventId: EventId, options?: ReadOptions): Promise<BranchPoint | undefined>;

  /** In name order. */
  tags(options?: ReadOptions): Promise<readonly Tag[]>;
  tag(name: TagName, options?: ReadOptions): Promise<Tag | undefined>;
  /** Sets or moves a tag. @throws PermanentError unknown_version when the branch has not got that far */
  setTag(name: TagName, point: BranchPoint): Promise<void>;

  /** `main` first, then in name order. */
  branches(options?: ReadOptions): Promise<readonly Branch[]>;
  /** A new timeline from a moment of another; costs the same however long that is. @throws PermanentError branch_exists, unknown_branch, unknown_version */
  fork(name: BranchName, from: BranchPoint, why: Why): Promise<Branch>;

  /** Resolves once the branch's own head is not `after` (by default: what it is now), or the signal fires. May wake early. */
  watchHead(branch: BranchName, options: WatchOptions & { readonly after?: Version }): Promise<void>;
}
