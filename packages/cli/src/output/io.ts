import type { Environment } from '@swarmledger/runtime';
import { plainStyle, terminalStyle, type Style } from '@swarmledger/replayer';

/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Io {
  readonly environment: Environment;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

export function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** For pictures where there is no terminal to ask. */
const columnsByDefault = 100;

/** Of the terminal; where there is none, what COLUMNS says. */
export function columnsOf(io: Io): number {
  if (
    isTerminal(io.stdout) &&
    'columns' in io.stdout &&
    typeof io.stdout.columns === 'number' &&
    io.stdout.columns > 0
  ) {
    return io.stdout.columns;
  }
  const said = Number(io.environment['COLUMNS']);
  return Number.isSafeInteger(said) && said > 0 ? said : columnsByDefault;
}

/** Colour on a terminal only, and not when NO_COLOR says otherwise (no-color.org). */
export function styleOf(io: Io): Style {
  return isTerminal(io.stdout) && !io.environment['NO_COLOR'] ? terminalStyle : plainStyle;
}

export function writeLine(io: Io, text = ''): void {
  io.stdout.write(`${text}\n`);
}

export function writeJson(io: Io, value: unknown): void {
  writeLine(
    io,
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)),
  );
}

/** A sentence for people beside the data: on stderr. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}
