/**
 * A text style packed into one number, so that a million lines can each remember theirs in a typed array: foreground
 * 0–16 in bits 0–4, background 0–16 in bits 5–9 (0 is the default, 1–8 the colours, 9–16 the bright ones), then flags.
 */
export type AnsiStyle = number;
export const PLAIN: AnsiStyle = 0;

const BACK_SHIFT = 5;
const COLOUR_MASK = 0b11111;
const FLAGS = {
  bold: 1 << 10,
  dim: 1 << 11,
  italic: 1 << 12,
  underline: 1 << 13,
  inverse: 1 << 14,
  strike: 1 << 15,
} as const;
const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** The style after one SGR sequence; `parameters` is the text between `ESC[` and `m`. */
export function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  // A colon parts sub-parameters in newer programs; read as semicolons the colours come out the same.
  const codes = parameters === '' ? [0] : parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes, i + 1);
      style = code === 38 ? withFore(style, colour) : withBack(style, colour);
      i += used;
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

/** CSS classes of the style, without inline colours, so that both themes stay readable. */
export function styleClasses(style: AnsiStyle): string {
  if (style === PLAIN) return '';
  const classes: string[] = [];
  let fore = style & COLOUR_MASK;
  let back = (style >> BACK_SHIFT) & COLOUR_MASK;
  if (style & FLAGS.inverse) {
    [fore, back] = [back, fore];
    if (fore === 0) classes.push('ansi-inverse');
    if (back === 0) classes.push('ansi-back-text');
  }
  if (fore) classes.push(`ansi-${colourName(fore)}`);
  if (back) classes.push(`ansi-back-${colourName(back)}`);
  for (const flag of ['bold', 'dim', 'italic', 'underline', 'strike'] as const)
    if (style & FLAGS[flag]) classes.push(`ansi-${flag}`);
  return classes.join(' ');
}

const colourName = (colour: number): string =>
  colour > 8 ? `bright-${NAMES[colour - 9]}` : (NAMES[colour - 1] ?? 'white');
const withFore = (style: AnsiStyle, colour: number): AnsiStyle => (style & ~COLOUR_MASK) | colour;
const withBack = (style: AnsiStyle, colour: number): AnsiStyle =>
  (style & ~(COLOUR_MASK << BACK_SHIFT)) | (colour << BACK_SHIFT);

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return PLAIN;
  if (code >= 30 && code <= 37) return withFore(style, code - 29);
  if (code >= 90 && code <= 97) return withFore(style, code - 81);
  if (code >= 40 && code <= 47) return withBack(style, code - 39);
  if (code >= 100 && code <= 107) return withBack(style, code - 91);
  switch (code) {
    case 1:
      return style | FLAGS.bold;
    case 2:
      return style | FLAGS.dim;
    case 3:
      return style | FLAGS.italic;
    case 4:
      return style | FLAGS.underline;
    case 7:
      return style | FLAGS.inverse;
    case 9:
      return style | FLAGS.strike;
    case 22:
      return style & ~(FLAGS.bold | FLAGS.dim);
    case 23:
      return style & ~FLAGS.italic;
    case 24:
      return style & ~FLAGS.underline;
    case 27:
      return style & ~FLAGS.inverse;
    case 29:
      return style & ~FLAGS.strike;
    case 39:
      return withFore(style, 0);
    case 49:
      return withBack(style, 0);
    default:
      return style;
  }
}

/** `5;n` or `2;r;g;b` after 38 or 48: the nearest of our sixteen, and how many codes were read. */
function extendedColour(codes: number[], at: number): [colour: number, used: number] {
  if (codes[at] === 5) return [fromPalette(codes[at + 1] ?? 0), 2];
  if (codes[at] === 2) return [nearest(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4];
  return [0, 0];
}

function fromPalette(index: number): number {
  if (index < 16) return index + 1;
  if (index >= 232) {
    const grey = (index - 232) * 10 + 8;
    return nearest(grey, grey, grey);
  }
  const level = (step: number) => (step === 0 ? 0 : step * 40 + 55);
  const cube = index - 16;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** By hue rather than by distance: an orange stays a yellow or a red, and never turns grey. */
function nearest(red: number, green: number, blue: number): number {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < 40) return high < 64 ? 1 : high < 160 ? 9 : high < 230 ? 8 : 16;
  const middle = (high + low) / 2;
  const index = (red > middle ? 1 : 0) | (green > middle ? 2 : 0) | (blue > middle ? 4 : 0);
  return index + (high > 200 ? 9 : 1);
}
