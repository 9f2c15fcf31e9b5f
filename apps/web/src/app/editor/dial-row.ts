import { type EditorState, Facet } from '@codemirror/state';
import { type EditorView, WidgetType } from '@codemirror/view';
import { shownValue } from '@mle/protocol/shown-change';
import { literalValue, otherValue, type PlacedKnob } from './knob-places';
import { turnsBetween } from './turned';

/** What the page does about turning. */
export interface DialHost {
  /** The text was turned: the hand may rest now. */
  turned: () => void;
  runsWhileTurning: () => boolean;
  setRunsWhileTurning: (on: boolean) => void;
  /** Vary is wanted for the number that the caret is in. */
  vary: () => void;
}

export const dialHost = Facet.define<DialHost, DialHost | null>({ combine: ([host]) => host ?? null });

/** Another run's value, and how many turns lead from it to the one in the text. */
interface Past {
  text: string;
  turns: number | null;
}

const SVG = 'http://www.w3.org/2000/svg';
/** Turns to each side of the other run's value. */
const REACH = 4;
const STEP_PX = 12;
const [WIDTH, HEIGHT] = [REACH * 2 * STEP_PX + 10, 16];

/** Beside the number that the caret is in: where it stands against a run before, Vary, and the switch that runs the file. */
class DialRow extends WidgetType {
  constructor(
    private readonly name: string,
    private readonly on: boolean,
    private readonly past: Past | null,
  ) {
    super();
  }

  override eq({ name, on, past }: DialRow): boolean {
    return name === this.name && on === this.on && past?.text === this.past?.text && past?.turns === this.past?.turns;
  }

  override toDOM(view: EditorView): HTMLElement {
    const row = document.createElement('span');
    row.className = 'cm-dialRow';
    row.dataset['knob'] = this.name;
    const past = document.createElement('span');
    const vary = document.createElement('button');
    vary.type = 'button';
    vary.textContent = 'Vary';
    vary.title = `Vary ${this.name} (Alt V)`;
    vary.addEventListener('click', () => view.state.facet(dialHost)?.vary());
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = this.on;
    box.addEventListener('change', () => view.state.facet(dialHost)?.setRunsWhileTurning(box.checked));
    label.append(box, ` Run while I turn ${this.name}`);
    row.append('↔ ', past, vary, label);
    this.write(past);
    return row;
  }

  /** The switch keeps the focus while the number turns. */
  override updateDOM(row: HTMLElement): boolean {
    const [past] = row.children;
    if (row.dataset['knob'] !== this.name || !(past instanceof HTMLElement)) return false;
    this.write(past);
    return true;
  }

  override ignoreEvent(): boolean {
    return true;
  }

  private write(place: HTMLElement): void {
    place.replaceChildren();
    if (this.past === null) return;
    const { text, turns } = this.past;
    if (turns !== null) place.append(scaleOf(turns));
    place.append(` ${text} `);
  }
}

/** The other run's value as a ring in the middle, the one of the text as a dot. */
function scaleOf(turns: number): SVGElement {
  const svg = drawn('svg', { width: WIDTH, height: HEIGHT, class: 'cm-dialScale', 'aria-hidden': 'true' });
  const middle = HEIGHT / 2;
  const at = (turn: number): number => WIDTH / 2 + Math.max(-REACH, Math.min(REACH, turn)) * STEP_PX;
  svg.append(drawn('line', { x1: at(-REACH), x2: at(REACH), y1: middle, y2: middle }));
  for (let turn = -REACH; turn <= REACH; turn++)
    svg.append(drawn('line', { x1: at(turn), x2: at(turn), y1: middle - 3, y2: middle + 3 }));
  svg.append(drawn('circle', { cx: at(0), cy: middle, r: 3, class: 'past' }));
  svg.append(drawn('circle', { cx: at(turns), cy: middle, r: 4, class: 'now' }));
  return svg;
}

function drawn(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export function rowAt(state: EditorState, knob: PlacedKnob) {
  const { name, kind, scale, from, to } = knob;
  const on = state.facet(dialHost)?.runsWhileTurning() ?? false;
  const other = otherValue(state, knob);
  const now = literalValue(state.doc.sliceString(from, to), kind);
  const turns =
    typeof now === 'number' && typeof other?.value === 'number' ? turnsBetween(other.value, now, scale) : null;
  const past = other && { text: `${shownValue(other.value)} in #${other.number}`, turns };
  return new DialRow(name, on, past);
}

export const dialRowLook = {
  '.cm-dialRow': {
    paddingLeft: '16px',
    color: 'var(--text-muted)',
    font: 'var(--text-12)',
    whiteSpace: 'nowrap',
    userSelect: 'none',
  },
  '.cm-dialRow input': { verticalAlign: 'middle', margin: '0 2px 0 0', accentColor: 'var(--accent)' },
  '.cm-dialRow button': {
    margin: '0 10px 0 6px',
    padding: '0 6px',
    border: '0',
    borderRadius: 'var(--radius)',
    background: 'var(--selected)',
    color: 'var(--accent-text)',
    font: 'inherit',
    cursor: 'pointer',
  },
  '.cm-dialScale': { verticalAlign: 'middle', stroke: 'var(--text-faint)', fill: 'none' },
  '.cm-dialScale .past': { fill: 'var(--surface)', stroke: 'var(--text-muted)' },
  '.cm-dialScale .now': { fill: 'var(--accent)', stroke: 'none' },
  '@media (max-width: 719px)': { '.cm-dialScale': { display: 'none' } },
};
