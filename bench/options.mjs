// What stands on the command line.
import { fileURLToPath } from 'node:url';

/** `--name 5`, or the fallback. */
export function option(name, fallback) {
  return Number(textOption(name, fallback));
}

/** `--name text`, or the fallback. */
export function textOption(name, fallback) {
  const index = process.argv.indexOf(`--${name}`);
  return index === -1 ? fallback : process.argv[index + 1];
}

export function hasFlag(name) {
  return process.argv.includes(`--${name}`);
}

/** The module is the program that was started, and not imported by it. */
export function isMain(url) {
  return process.argv[1] === fileURLToPath(url);
}
