import { errorCode, errorMessage, PermanentError } from '@swarmledger/runtime';
import { plainStyle } from './render/style.ts';
import { safeText } from './render/text.ts';

/** Why a replay is refused. Stable: scripts and, later, HTTP answers depend on them. */
export type ReplayCode =
  // Which moment
  | 'invalid_time'
  | 'time_in_future'
  | 'before_first_event'
  | 'empty_history'
  | 'not_ingested_yet'
  | 'unknown_branch'
  | 'unknown_tag'
  | 'unknown_event'
  | 'unknown_path'
  | 'unknown_moment'
  | 'not_a_version'
  | 'invalid_glob'
  // Which conflict
  | 'not_a_conflict'
  | 'conflict_settled'
  | 'nothing_to_take'
  // What is in the tree
  | 'invalid_path'
  | 'path_not_portable'
  | 'path_collision'
  | 'symlink_escapes'
  | 'invalid_symlink'
  | 'content_missing'
  | 'content_corrupt'
  | 'invalid_submodule'
  // Git
  | 'git_missing'
  | 'git_failed'
  | 'invalid_ref_name'
  // Where it goes
  | 'target_not_empty'
  | 'target_not_directory'
  | 'target_protected'
  | 'target_busy'
  | 'disk_full'
  | 'permission_denied'
  | 'write_failed';

/** @param message may quote paths and links of others: they are made harmless for a terminal */
export function replayError(code: ReplayCode, message: string, options?: ErrorOptions): PermanentError {
  return new PermanentError(code, safeText(message, plainStyle), options);
}

const sentences: Readonly<Record<string, readonly [ReplayCode, string]>> = {
  ENOSPC: ['disk_full', 'the disk is full; free some space or restore less with --path'],
  EDQUOT: ['disk_full', 'the disk quota is used up; free some space or restore less with --path'],
  EFBIG: ['disk_full', 'the file is larger than this file system or this user may write'],
  EACCES: ['permission_denied', 'permission denied'],
  EPERM: ['permission_denied', 'operation not permitted'],
  EROFS: ['permission_denied', 'the file system is read-only'],
  ENAMETOOLONG: ['path_not_portable', 'the name is too long for this file system'],
  EILSEQ: ['path_not_portable', 'this file system cannot store the name'],
  EINVAL: ['path_not_portable', 'this file system cannot store the name'],
  EBUSY: ['target_busy', 'it is in use or a mount point; restore into a folder below it'],
  EXDEV: ['target_busy', 'it is a mount point; restore into a folder below it'],
  ENOTEMPTY: ['target_not_empty', 'something was put there meanwhile'],
  EEXIST: ['target_not_empty', 'something was put there meanwhile'],
};

/** The one sentence for what a file system refused; errors of ours, and aborts, pass unchanged. */
export function explainFileError(error: unknown, what: string): unknown {
  if (error instanceof PermanentError || !isFileError(error)) return error;
  const [code, sentence] = sentences[errorCode(error)] ?? ['write_failed', errorMessage(error)];
  return replayError(code, `cannot ${what}: ${sentence}`, { cause: error });
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
