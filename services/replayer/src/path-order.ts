/**
 * The ledger's order of paths: by UTF-8 bytes. Text compares by UTF-16 units in JavaScript, which puts U+10000 and above
 * before U+E000; everything below the surrogates compares the same in both.
 */
export function comparePaths(left: string, right: string): number {
  if (left === right) return 0;
  if (hasSurrogates(left) || hasSurrogates(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
}

function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}
