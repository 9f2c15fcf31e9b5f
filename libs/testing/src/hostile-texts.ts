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
/** Too short to say anything about: quadratic work on the large text is many times this. */
const MEASURABLE_MS = 20;

/** Names the texts that `read` takes super-linear time for, with how many times longer the larger one took. */
export function superLinear(texts: readonly HostileText[], read: (text: string) => unknown, large = LARGE): string[] {
  return texts.flatMap(({ name, make }) => {
    const [short, long] = [make(large / TIMES), make(large)];
    let least = Infinity;
    for (let i = 0; i < TRIES && least > MOST_GROWTH; i++) {
      const few = Math.max(
        0.1,
        processorMs(() => read(short)),
      );
      const many = processorMs(() => read(long));
      least = Math.min(least, many < MEASURABLE_MS ? 1 : many / few);
    }
    return least > MOST_GROWTH ? [`${name}: ${Math.round(least)} times for ${TIMES} times the length`] : [];
  });
}

/** Whatever else the computer does. */
function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
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
