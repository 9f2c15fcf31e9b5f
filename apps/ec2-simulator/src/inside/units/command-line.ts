/** A line of `ExecStart=` and its like. */
export interface UnitCommand {
  words: string[];
  /** `-` before it: its failure counts for nothing. */
  mayFail: boolean;
}

/** Reads the prefixes and splits into words as systemd does; null where a quote is not closed. */
export function readCommand(text: string): UnitCommand | null {
  const prefix = /^[-@:+!|]*/.exec(text)?.[0] ?? '';
  const words = splitWords(text.slice(prefix.length));
  if (words === null || words.length === 0) return null;
  // `@`: the second word is only the name that the program is shown under.
  if (prefix.includes('@')) words.splice(1, 1);
  return { words, mayFail: prefix.includes('-') };
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', s: ' ', r: '\r' };

export function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\\') {
      at += 1;
      const next = text[at] ?? '';
      word = (word ?? '') + (ESCAPES[next] ?? next);
    } else if (quote !== null) {
      if (sign === quote) quote = null;
      else word = (word ?? '') + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + sign;
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}

/** `${NAME}` becomes the value in place; a word that is just `$NAME` becomes the words of the value. `$$` is a dollar. */
export function expandVariables(words: readonly string[], env: Readonly<Record<string, string>>): string[] {
  return words.flatMap((word) => {
    const whole = /^\$([A-Za-z_]\w*)$/.exec(word);
    if (whole !== null) return (env[whole[1] ?? ''] ?? '').split(/\s+/).filter((part) => part !== '');
    return [
      word.replace(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (found, name: string | undefined) =>
        name === undefined ? found.slice(1) : (env[name] ?? ''),
      ),
    ];
  });
}
