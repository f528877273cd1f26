/** Texts remembered by each: a hub's active projects are fewer. */
const textsMax = 10_000;
/** Longer than any legal subject: who sends others must not fill the memory with them. */
const textLengthMax = 200;

/**
 * `parse`, which is not asked again for a text that it was asked for lately: the same few subjects are read of every message. What it
 * gives must not be changed. An error is not remembered.
 */
export function rememberLast<Parsed extends object>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const parsed = parse(text);
    if (text.length > textLengthMax) return parsed;
    // Forgetting all of them costs one look at each, no more.
    if (known.size >= textsMax) known.clear();
    known.set(text, parsed);
    return parsed;
  };
}
