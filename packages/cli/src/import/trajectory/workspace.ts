import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { parseProjectPath, type ChangeAction, type ProjectPath } from '@swarmledger/protocol';
import { parseAction, type AgentAction } from './action.ts';
import { agrees, normalizeNewlines, readNumberedText, readWindow, type FileWindow } from './file-window.ts';
import type { TrajectoryStep } from './parse-trajectory.ts';
import { parsePatch, type PatchedFile } from './patch.ts';
import { applyEditor, isFaithful } from './text-edits.ts';
import { editedText, shownText, type Knowledge, type WindowAction } from './window-knowledge.ts';

/** A change whose bytes are certain. */
export interface FileChange {
  readonly path: ProjectPath;
  readonly action: ChangeAction;
  /** Absent for a DELETE. */
  readonly content?: Buffer;
  readonly mode: number;
  /** What this run itself recorded for the path before. */
  readonly baseSha256?: Buffer;
}

/** An edit that happened, of a file whose whole content the trajectory does not show. */
export interface UnseenEdit {
  /** Inside the agent's machine, or inside the project for a patch. */
  readonly path: string;
  readonly diff?: string;
}

export interface StepEffects {
  readonly changes: readonly FileChange[];
  readonly unseen: readonly UnseenEdit[];
}

/**
 * The files of one run, followed step by step. A change is given out only when its bytes are certain: a text that the agent gave
 * whole; a known text with an edit that SWE-agent's tools make in one way only, in agreement with what they printed; or a text that
 * hashes to the blob id in the submitted patch. Everything else is an unseen edit. A shell command that may rewrite files makes what was
 * known uncertain.
 */
export class Workspace {
  readonly #root: string;
  readonly #prefix: string;
  readonly #known = new Map<string, Knowledge>();
  readonly #undo = new Map<string, (Knowledge | undefined)[]>();
  readonly #recorded = new Map<ProjectPath, { readonly sha256: Buffer; readonly mode: number }>();

  /** @param root the project's folder inside the agent's machine @param prefix first segment of every path given out */
  constructor(root: string, prefix: string) {
    this.#root = root;
    this.#prefix = prefix;
  }

  /** What a step did to the files. @param submission the patch, on the step that submitted it */
  apply(step: TrajectoryStep, submission: string): StepEffects {
    const observation = normalizeNewlines(step.observation);
    const action = parseAction(step.action);
    if (action.kind === 'submit') return this.applySubmission(submission || observation);
    const path = this.#applyAction(action, step, observation);
    return path === undefined ? nothing : this.#record(path);
  }

  /** What a submitted patch says about the files at the end. */
  applySubmission(submission: string): StepEffects {
    const effects = parsePatch(normalizeNewlines(submission)).map((file) => this.#applyPatched(file));
    return {
      changes: effects.flatMap((effect) => effect.changes),
      unseen: effects.flatMap((effect) => effect.unseen),
    };
  }

  // The absolute paths that the action changed, if any; their new text, when known, is in #known.
  #applyAction(action: AgentAction, step: TrajectoryStep, observation: string): Touched | undefined {
    const absolute = (path: string): string => posix.resolve(step.workingDir || this.#root || '/', path);
    switch (action.kind) {
      case 'create':
      case 'show':
      case 'edit_lines':
      case 'edit_seen':
      case 'replace': {
        const window = readWindow(observation);
        return window === undefined ? undefined : this.#applyWindow(action, absolute(window.path), window);
      }
      case 'editor':
        return this.#applyEditor(action.command, absolute(action.path), action.options, observation);
      case 'remove':
        return observation.trim() === '' ? { removed: action.paths.map(absolute) } : undefined;
      case 'shell':
        if (action.mayRewrite) this.#doubtAll();
        return undefined;
      case 'submit':
        return undefined;
      default:
        return action satisfies never;
    }
  }

  #applyWindow(action: WindowAction, path: string, window: FileWindow): Touched | undefined {
    const before = this.#known.get(path);
    if (action.kind === 'show') {
      const shown = shownText(window);
      const confirmed = before !== undefined && agrees(window, before.text);
      if (!confirmed || (!before.certain && shown?.certain === true)) this.#learn(path, shown);
      return undefined;
    }
    if (action.kind === 'create') {
      // Both versions start with an empty line, or later with nothing; anything else is a file that was there before.
      const fresh = window.total === 0 || (window.total === 1 && window.lines[0] === '');
      if (!fresh || before !== undefined) return undefined;
      this.#learn(path, { text: window.total === 0 ? '' : '\n', certain: true });
      return { edited: path };
    }
    if (window.updated === 'no' && action.kind !== 'edit_seen') return undefined;
    this.#learn(path, editedText(action, before, window));
    return { edited: path };
  }

  #applyEditor(
    command: string,
    path: string,
    options: ReadonlyMap<string, string>,
    observation: string,
  ): Touched | undefined {
    const history = this.#undo.get(path) ?? [];
    this.#undo.set(path, history);
    const before = this.#known.get(path);
    if (command === 'view') {
      const text = options.has('view_range') ? undefined : readNumberedText(observation);
      if (text !== undefined && text !== before?.text) this.#learn(path, { text, certain: false });
      return undefined;
    }
    if (command === 'create' && observation.startsWith('File created successfully at:')) {
      const created = { text: options.get('file_text') ?? '', certain: options.has('file_text') };
      history.push(created);
      this.#learn(path, created);
    } else if (command === 'undo_edit' && observation.startsWith('Last edit to ')) {
      this.#learn(path, history.pop());
    } else if (observation.startsWith(`The file ${path} has been edited.`)) {
      // The tool keeps what it read, tabs expanded.
      history.push(before?.text.includes('\t') === true ? undefined : before);
      const text = before === undefined ? undefined : applyEditor(before.text, command, options);
      this.#learn(path, text === undefined ? undefined : { text, certain: before?.certain === true });
    } else {
      return undefined;
    }
    return { edited: path };
  }

  #learn(path: string, knowledge: Knowledge | undefined): void {
    if (knowledge === undefined) this.#known.delete(path);
    else this.#known.set(path, { ...knowledge, certain: knowledge.certain && isFaithful(knowledge.text) });
  }

  #doubtAll(): void {
    for (const [path, { text }] of this.#known) this.#known.set(path, { text, certain: false });
  }

  #record(touched: Touched): StepEffects {
    if (touched.removed !== undefined) {
      return { changes: touched.removed.flatMap((path) => this.#recordRemoval(path)), unseen: [] };
    }
    const knowledge = this.#known.get(touched.edited);
    const path = this.#projectPath(touched.edited);
    if (knowledge?.certain !== true || path === undefined) return { changes: [], unseen: [{ path: touched.edited }] };
    return { changes: this.#recordContent(path, Buffer.from(knowledge.text), 0), unseen: [] };
  }

  #recordContent(path: ProjectPath, content: Buffer, mode: number): readonly FileChange[] {
    const sha256 = createHash('sha256').update(content).digest();
    const recorded = this.#recorded.get(path);
    const sameMode = mode === 0 || mode === (recorded?.mode || 0o100644);
    if (recorded?.sha256.equals(sha256) === true && sameMode) return [];
    this.#recorded.set(path, { sha256, mode: mode || (recorded?.mode ?? 0) });
    return [
      {
        path,
        action: recorded === undefined ? 'CREATE' : 'UPDATE',
        content,
        mode,
        ...(recorded === undefined ? {} : { baseSha256: recorded.sha256 }),
      },
    ];
  }

  // The path itself, or everything below it when it was a folder.
  #recordRemoval(absolute: string): readonly FileChange[] {
    for (const path of this.#known.keys()) if (isInside(path, absolute)) this.#known.delete(path);
    const gone = this.#projectPath(absolute);
    const paths = [...this.#recorded.keys()].filter((path) => gone !== undefined && isInside(path, gone));
    return paths.map((path) => {
      const baseSha256 = this.#recorded.get(path)?.sha256;
      this.#recorded.delete(path);
      return { path, action: 'DELETE' as const, mode: 0, ...(baseSha256 === undefined ? {} : { baseSha256 }) };
    });
  }

  #applyPatched(file: PatchedFile): StepEffects {
    const unseen = { changes: [], unseen: [{ path: file.path, diff: file.diff }] };
    const absolute = posix.join(this.#root, file.path);
    const path = this.#projectPath(absolute);
    if (path === undefined) return unseen;
    if (file.kind === 'deleted') return { changes: this.#recordRemoval(absolute), unseen: [] };
    const known = file.text ?? this.#known.get(absolute)?.text;
    const content = known === undefined ? undefined : confirm(known, file);
    return content === undefined ? unseen : { changes: this.#recordContent(path, content, file.mode), unseen: [] };
  }

  #projectPath(absolute: string): ProjectPath | undefined {
    if (this.#root === '' || !absolute.startsWith(`${this.#root}/`)) return undefined;
    try {
      return parseProjectPath(`${this.#prefix}/${absolute.slice(this.#root.length + 1)}`);
    } catch {
      return undefined;
    }
  }
}

const nothing: StepEffects = { changes: [], unseen: [] };

type Touched =
  | { readonly edited: string; readonly removed?: undefined }
  | { readonly removed: readonly string[]; readonly edited?: undefined };

/** The text, with or without its last newline, that has the blob id which the patch names. */
function confirm(text: string, file: PatchedFile): Buffer | undefined {
  if (file.blobPrefix === '') return undefined;
  const candidates = [text, `${text}\n`, text.replace(/\n$/, '')].map((candidate) => Buffer.from(candidate));
  return candidates.find((candidate) => blobId(candidate).startsWith(file.blobPrefix));
}

function blobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
