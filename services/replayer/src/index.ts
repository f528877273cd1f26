export type { ReplayCode } from './errors.ts';
export { parseMomentTime, parseMomentTimeMs } from './moment-time.ts';
export { resolveMoment, type Moment, type MomentOptions, type MomentQuery } from './moment.ts';
export { createPathFilter, type PathFilter } from './path-filter.ts';
export type { LinkPolicy } from './symlink-target.ts';
export { listTree, readPath, type TreeOptions } from './tree.ts';
export {
  restore,
  type RestoreOptions,
  type RestoreProgress,
  type RestoreRequest,
  type RestoreSummary,
} from './restore.ts';
export { readLog, type LogFilter } from './log.ts';
export { followLog } from './follow.ts';
export type { EventFilter } from './event-filter.ts';
export { forkAt } from './fork.ts';
export { momentSpecForms, resolveMomentSpec } from './moment-spec.ts';
export {
  loadTimeline,
  type Highlight,
  type Lane,
  type LaneEvent,
  type Timeline,
  type TimelineFilter,
  type TimelineKind,
} from './timeline.ts';
export { findConflict, listConflicts, type ConflictEntry, type ConflictFilter } from './conflicts/conflict.ts';
export { showConflict, type ConflictDetails, type Proposal } from './conflicts/show-conflict.ts';
export { createSettlement, type Author, type Settlement } from './conflicts/settle.ts';
export { diffSides, type SideDiff } from './conflicts/diff-sides.ts';
export type { Side, Sides } from './conflicts/sides.ts';
export { decryptHistory, type LoadDataKeys } from './decrypted-history.ts';
export { findDecision, showEvent, type ContentPreview, type ShownEvent } from './show.ts';
export { diffMoments, diffTexts, type DiffBody, type DiffHunk, type PathDiff } from './diff.ts';
export { whyPath, type ChangeReason } from './why.ts';
export { readTags } from './tags.ts';
export { verifyAgainstGit, type GitDifference, type GitEntry, type GitVerification } from './git-verify.ts';
export {
  exportGit,
  type GitExportOptions,
  type GitExportRequest,
  type GitExportSummary,
} from './git-export/export-git.ts';
export { gitEnvironment } from './git-export/git-environment.ts';
export { paint, patchStyle, plainStyle, terminalStyle, type Paint, type Style } from './render/style.ts';
export { formatBytes, formatTimeMs, safeLine, safePath, safeText } from './render/text.ts';
export { renderEvent, renderLogEntry, renderPayloadLine, storedEventToJson } from './render/event.ts';
export { renderTag, renderTree, renderTreeEntry, treeEntryToJson } from './render/tree.ts';
export { diffToJson, renderDiff, renderDiffStat, toDiffStat, type DiffStat } from './render/diff.ts';
export { renderWhy, whyToJson } from './render/why.ts';
export { renderBranch } from './render/branch.ts';
export { renderTimeline, timelineToJson, type TimelineLayout } from './render/timeline.ts';
export { conflictToJson, renderConflict, renderConflictEntry } from './render/conflict.ts';
