/** Pieces that make readers of text look far ahead or back when they are repeated. */
const PIECES = [
  ' ',
  '\t',
  'a',
  '0',
  '.',
  ',',
  '/',
  '\\',
  '*a',
  '**/',
  'a/',
  '[',
  ']',
  '[[0',
  '{',
  '{a',
  '}',
  '(',
  '"',
  "'",
  '#',
  ' # ',
  ':',
  '=',
  'a=',
  'a=1 ',
  'loss: ',
  'epoch ',
  'Epoch 1/',
  '1e',
  '-',
  '--a ',
  '%|',
  '|',
  '| a ',
  '\r',
  '\n',
  '\n\n ',
  '\u001b',
  '\u001b[',
  '\u001b[0;',
  '\u001b[1m',
  '\b',
  '\u2028',
  ' # \u2028',
  '\ud800',
  'é',
  '█',
  '@ ',
  'file:@',
  '${A',
  '!',
  '; ',
] as const;

/** Mixes of this many pieces each. */
const MIXES = 12;
const MOST_IN_MIX = 6;

/** A text that may be made in any length. */
export interface HostileText {
  name: string;
  make: (length: number) => string;
}

/** Each piece repeated, after a beginning that something is known to begin with too, and mixes of pieces by a fixed seed. */
export function hostileTexts(beginnings: readonly string[] = []): HostileText[] {
  const random = generator(20_260_729);
  const mixes = Array.from({ length: MIXES }, () =>
    Array.from({ length: 2 + (random() % (MOST_IN_MIX - 1)) }, () => PIECES[random() % PIECES.length] ?? '').join(''),
  );
  return [...PIECES, ...mixes].flatMap((piece) =>
    ['', ...beginnings].map((beginning) => ({
      name: `${JSON.stringify(beginning)} and then ${JSON.stringify(piece)} again and again`,
      make: (length: number) =>
        (beginning + piece.repeat(Math.ceil(length / piece.length))).slice(0, length - 1) + '\n',
    })),
  );
}

const LARGE = 64 * 1024;
const TIMES = 16;
/** Sixteen times the text takes sixteen times the work, or a good deal more where a cache is left; quadratic is 256. */
const MOST_GROWTH = 80;
const TRIES = 4;
/** Below it a clock of processor time says nothing. */
const LEAST_MS = 0.1;
/** The first readings of a text are of code that is not compiled yet. */
const SHORT_READINGS = 4;
/** Too short to say anything about: quadratic work on the large text is many times this. */
const MEASURABLE_MS = 20;

/** Names the texts that `read` takes super-linear time for, with how many times longer the larger one took. */
export function superLinear(texts: readonly HostileText[], read: (text: string) => unknown, large = LARGE): string[] {
  return texts.flatMap(({ name, make }) => {
    const [short, long] = [make(large / TIMES), make(large)];
    let [few, many, growth] = [Infinity, Infinity, Infinity];
    for (let i = 0; i < TRIES && growth > MOST_GROWTH; i++) {
      many = Math.min(many, processorMs(read, long));
      if (many < MEASURABLE_MS) return [];
      for (let j = 0; j < SHORT_READINGS; j++) few = Math.min(few, processorMs(read, short));
      growth = many / Math.max(few, LEAST_MS);
    }
    return growth > MOST_GROWTH ? [`${name}: ${Math.round(growth)} times for ${TIMES} times the length`] : [];
  });
}

/** Whatever else the computer does. */
function processorMs(read: (text: string) => unknown, text: string): number {
  const before = process.cpuUsage();
  read(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Numbers that look random and are the same each time (xorshift). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}
