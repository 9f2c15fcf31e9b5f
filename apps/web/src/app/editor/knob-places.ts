import { type EditorState, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { EditorView, gutter, GutterMarker } from '@codemirror/view';
import type { Knob, ParamValue } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';

/** A knob of the text; its place moves with the text. */
export interface PlacedKnob extends Pick<Knob, 'name' | 'kind' | 'scale'> {
  from: number;
  to: number;
}

/** What a run of the file had. */
export interface PastRun {
  number: number;
  knobs: Readonly<Record<string, ParamValue>>;
}

interface Places {
  knobs: readonly PlacedKnob[];
  /** Newest first. */
  runs: readonly PastRun[];
}

const setKnobs = StateEffect.define<readonly PlacedKnob[]>();
const setRuns = StateEffect.define<readonly PastRun[]>();

export const knobPlaces = StateField.define<Places>({
  create: () => ({ knobs: [], runs: [] }),
  update(places, { effects, changes, newDoc }) {
    let { knobs, runs } = places;
    if (!changes.empty)
      knobs = knobs
        .map((knob) => ({ ...knob, from: changes.mapPos(knob.from, -1), to: changes.mapPos(knob.to, 1) }))
        .filter(({ from, to }) => from < to);
    for (const effect of effects) {
      if (effect.is(setKnobs)) knobs = effect.value.filter(({ from, to }) => from < to && to <= newDoc.length);
      if (effect.is(setRuns)) runs = effect.value;
    }
    return knobs === places.knobs && runs === places.runs ? places : { knobs, runs };
  },
});

/** The value of a literal; null where it is not plain enough to tell. */
export function literalValue(literal: string, kind: Knob['kind']): ParamValue | null {
  if (kind === 'number' || kind === 'integer') {
    const value = Number(literal.replaceAll('_', ''));
    return literal.trim() === '' || Number.isNaN(value) ? null : value;
  }
  if (kind === 'boolean') return /^true$/i.test(literal) ? true : /^false$/i.test(literal) ? false : null;
  return /^(["'])[^"'\\]*\1$/.test(literal) ? literal.slice(1, -1) : null;
}

/** The newest run that had another value, and that value; `last`: it is the last one of the file. */
export function otherValue(
  state: EditorState,
  { name, kind, from, to }: PlacedKnob,
): { number: number; value: ParamValue; last: boolean } | null {
  const now = literalValue(state.doc.sliceString(from, to), kind);
  if (now === null) return null;
  const { runs } = state.field(knobPlaces);
  for (const [i, { number, knobs }] of runs.entries()) {
    const value = Object.hasOwn(knobs, name) ? knobs[name] : undefined;
    if (value !== undefined && value !== now) return { number, value, last: i === 0 };
  }
  return null;
}

/** Beside the line of a knob; another shape, too, where its value is not the one of the last run. */
class KnobMarker extends GutterMarker {
  constructor(private readonly changed: string | null) {
    super();
  }

  override eq(other: KnobMarker): boolean {
    return other.changed === this.changed;
  }

  override toDOM(): HTMLElement {
    const mark = document.createElement('span');
    mark.className = this.changed === null ? 'cm-knobDot' : 'cm-knobDot cm-knobChanged';
    mark.title = this.changed ?? 'A value that can be varied';
    return mark;
  }
}

function markersOf(state: EditorState): RangeSet<GutterMarker> {
  const lines = new Map<number, string | null>();
  for (const knob of state.field(knobPlaces).knobs) {
    const { from } = state.doc.lineAt(knob.from);
    const other = otherValue(state, knob);
    const changed = other?.last ? `${knob.name} was ${shownValue(other.value)} in #${other.number}` : null;
    lines.set(from, changed ?? lines.get(from) ?? null);
  }
  return RangeSet.of(
    [...lines].map(([from, changed]) => new KnobMarker(changed).range(from)),
    true,
  );
}

export const knobGutter = [
  knobPlaces,
  gutter({ class: 'cm-knobGutter', markers: ({ state }) => markersOf(state) }),
  EditorView.theme({
    '.cm-knobGutter': { width: '14px' },
    '.cm-knobGutter .cm-gutterElement': { display: 'grid', placeItems: 'center' },
    '.cm-knobDot': { width: '5px', height: '5px', borderRadius: '50%', background: 'var(--accent)' },
    '.cm-knobChanged': {
      width: '7px',
      height: '7px',
      borderRadius: '0',
      transform: 'rotate(45deg)',
    },
  }),
];

/** The knobs of the text as it is now; those that stand nowhere in it are left out. */
export function showKnobs(view: EditorView, knobs: readonly Knob[]): void {
  const placed = knobs.flatMap(({ name, kind, scale, from, to }) =>
    from === null || to === null ? [] : [{ name, kind, scale, from, to }],
  );
  view.dispatch({ effects: setKnobs.of(placed) });
}

/** What the latest runs of the file had, newest first. */
export function showPastRuns(view: EditorView, runs: readonly PastRun[]): void {
  view.dispatch({ effects: setRuns.of(runs) });
}
