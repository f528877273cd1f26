/** How text is made for whoever reads it. Pure text in, pure text out: what is a terminal is the caller's business. */
export interface Style {
  readonly colour: 'none' | 'ansi';
  /**
   * What becomes of control characters in events, paths and contents. `escape` shows them as `\x1b`, so that no event can
   * move the cursor, hide text or talk to the terminal; `keep` is for diffs that a program will read.
   */
  readonly controls: 'escape' | 'keep';
}

export const plainStyle: Style = { colour: 'none', controls: 'escape' };
export const terminalStyle: Style = { colour: 'ansi', controls: 'escape' };
/** Byte for byte what a patch must be. */
export const patchStyle: Style = { colour: 'none', controls: 'keep' };

export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

const codes: Readonly<Record<Paint, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

export function paint(text: string, colour: Paint, style: Style): string {
  return style.colour === 'none' || text === '' ? text : `\x1b[${codes[colour]}m${text}\x1b[0m`;
}
