import { fileModes } from '@swarmledger/protocol';

export type FileKind = 'regular' | 'executable' | 'symlink' | 'gitlink';

/** What a Git mode says; a mode that this version does not know is a regular file. */
export function fileKind(mode: number): FileKind {
  if (mode === fileModes.symlink) return 'symlink';
  if (mode === fileModes.gitlink) return 'gitlink';
  return mode === fileModes.executable ? 'executable' : 'regular';
}

/** `100644` */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(6, '0');
}
