import { isolateHistory } from '@codemirror/commands';
import { type EditorState, type Extension, Facet, Prec, StateEffect, StateField, Transaction } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, WidgetType } from '@codemirror/view';
import type { Knob } from '@mle/protocol';
import { turned } from './turned';

/** A number of the text that can be turned; its place moves with the text. */
interface DialKnob extends Pick<Knob, 'name' | 'kind' | 'scale'> {
  from: number;
  to: number;
}

/** What the page does about turning. */
export interface DialHost {
  /** The text was turned: the hand may rest now. */
  turned: () => void;
  runsWhileTurning: () => boolean;
  setRunsWhileTurning: (on: boolean) => void;
}

/** Of the pointer, for one step. */
const STEP_PX = 32;
const DRAG_PX = 3;
const NUMBER = /^-?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?$/i;

export const dialHost = Facet.define<DialHost, DialHost | null>({ combine: ([host]) => host ?? null });
const setKnobs = StateEffect.define<readonly DialKnob[]>();
const mark = Decoration.mark({
  class: 'cm-knob',
  attributes: { title: 'Drag to turn it, or Alt and the arrow keys; Shift is finer' },
});

const field = StateField.define<readonly DialKnob[]>({
  create: () => [],
  update(knobs, { effects, changes, state }) {
    for (const effect of effects) if (effect.is(setKnobs)) return effect.value.filter((knob) => isNumber(state, knob));
    if (changes.empty) return knobs;
    return knobs
      .map((knob) => ({ ...knob, from: changes.mapPos(knob.from, -1), to: changes.mapPos(knob.to, 1) }))
      .filter((knob) => isNumber(state, knob));
  },
  provide: (self) =>
    EditorView.decorations.compute([self, 'selection'], (state): DecorationSet => {
      const knobs = state.field(self);
      const at = knobAtCaret(state);
      const row = at && state.facet(dialHost) ? [rowAt(state, at)] : [];
      return Decoration.set([...knobs.map(({ from, to }) => mark.range(from, to)), ...row], true);
    }),
});

/** Beside the number that the caret is in: how it is turned, and the switch that runs the file meanwhile. */
class DialRow extends WidgetType {
  constructor(
    private readonly name: string,
    private readonly on: boolean,
  ) {
    super();
  }

  override eq(other: DialRow): boolean {
    return other.name === this.name && other.on === this.on;
  }

  override toDOM(view: EditorView): HTMLElement {
    const row = document.createElement('label');
    row.className = 'cm-dialRow';
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = this.on;
    box.addEventListener('change', () => view.state.facet(dialHost)?.setRunsWhileTurning(box.checked));
    row.append('↔ ', box, ` Run while I turn ${this.name}`);
    return row;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function rowAt(state: EditorState, { name, to }: DialKnob) {
  const on = state.facet(dialHost)?.runsWhileTurning() ?? false;
  return Decoration.widget({ widget: new DialRow(name, on), side: 1 }).range(state.doc.lineAt(to).to);
}

const isNumber = ({ doc }: EditorState, { from, to }: DialKnob): boolean =>
  from < to && to <= doc.length && NUMBER.test(doc.sliceString(from, to));

function knobAtCaret(state: EditorState): DialKnob | null {
  const { head, empty } = state.selection.main;
  return empty ? (state.field(field).find(({ from, to }) => from <= head && head <= to) ?? null) : null;
}

/** The name of the number that the caret is in. */
export const nameAtCaret = (state: EditorState): string | null => knobAtCaret(state)?.name ?? null;

/** One step by a key; where the caret is in no number, the key does what it did before. */
const step =
  (steps: number, fine: boolean) =>
  (view: EditorView): boolean => {
    const knob = knobAtCaret(view.state);
    if (!knob) return false;
    const { from, to } = knob;
    const insert = turned(view.state.doc.sliceString(from, to), knob, steps, fine);
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      annotations: isolateHistory.of('full'),
      userEvent: 'input.dial',
    });
    view.state.facet(dialHost)?.turned();
    return true;
  };

/** Turns a number with the pointer: all of it is one step of undo. */
function drag(view: EditorView, knob: DialKnob, press: Pick<MouseEvent, 'clientX' | 'clientY'>): void {
  const { from } = knob;
  const literal = view.state.doc.sliceString(from, knob.to);
  let text = literal;
  const write = (insert: string): void => {
    if (insert === text) return;
    view.dispatch({
      changes: { from, to: from + text.length, insert },
      selection: { anchor: from + insert.length },
      annotations: Transaction.addToHistory.of(false),
    });
    text = insert;
    view.state.facet(dialHost)?.turned();
  };
  let moved = false;
  const move = (event: PointerEvent): void => {
    const px = event.clientX - press.clientX;
    moved ||= Math.abs(px) >= DRAG_PX;
    if (moved) write(turned(literal, knob, px / STEP_PX, event.shiftKey));
  };
  const end = (): void => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', drop);
    removeEventListener('pointercancel', cancel);
    removeEventListener('keydown', cancelByKey, true);
    view.dom.classList.remove('cm-dialling');
  };
  const drop = (): void => {
    end();
    view.focus();
    const last = text;
    if (last === literal) {
      view.dispatch({ selection: { anchor: view.posAtCoords({ x: press.clientX, y: press.clientY }) ?? from } });
      return;
    }
    // What the hand passed through is no history: one step leads from the number before to the one it rests on.
    const whole = { changes: { from, to: from + last.length, insert: literal } };
    view.dispatch({ ...whole, annotations: Transaction.addToHistory.of(false) });
    view.dispatch({
      changes: { from, to: from + literal.length, insert: last },
      selection: { anchor: from + last.length },
      annotations: isolateHistory.of('full'),
      userEvent: 'input.dial',
    });
  };
  const cancel = (): void => {
    write(literal);
    end();
  };
  const cancelByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  };
  view.dom.classList.add('cm-dialling');
  addEventListener('pointermove', move);
  addEventListener('pointerup', drop);
  addEventListener('pointercancel', cancel);
  addEventListener('keydown', cancelByKey, true);
}

function pressed(event: MouseEvent, view: EditorView): boolean {
  const target = event.target instanceof Element ? event.target.closest('.cm-knob') : null;
  if (!target || event.button !== 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  const at = view.posAtDOM(target);
  const knob = view.state.field(field).find(({ from, to }) => from <= at && at < to);
  if (!knob) return false;
  drag(view, knob, event);
  return true;
}

const pointer = EditorView.domEventHandlers({
  // A second click of the mouse selects the number, which a pointer's event does not count.
  mousedown: (event, view) => event.detail <= 1 && pressed(event, view),
  pointerdown: (event, view) => event.pointerType !== 'mouse' && pressed(event, view),
  // Comes after the pointer's event. A finger on a number turns it and scrolls nothing; `touch-action` is not for text.
  touchstart: (_event, view) => view.dom.classList.contains('cm-dialling'),
});

const look = EditorView.theme({
  '.cm-knob': { cursor: 'ew-resize', borderBottom: '1px dashed var(--accent)' },
  '&.cm-dialling, &.cm-dialling .cm-content': { cursor: 'ew-resize' },
  '.cm-dialRow': {
    paddingLeft: '16px',
    color: 'var(--text-muted)',
    font: 'var(--text-12)',
    whiteSpace: 'nowrap',
    userSelect: 'none',
  },
  '.cm-dialRow input': { verticalAlign: 'middle', margin: '0 2px 0 6px', accentColor: 'var(--accent)' },
});

/** Numbers that a person may turn in the text. */
export const dial: Extension = [
  field,
  pointer,
  look,
  Prec.high(
    keymap.of([
      { key: 'Alt-ArrowUp', run: step(1, false), shift: step(1, true) },
      { key: 'Alt-ArrowDown', run: step(-1, false), shift: step(-1, true) },
    ]),
  ),
];

/** The knobs of the text as it is now; those that are no numbers are left out. */
export function showKnobs(view: EditorView, knobs: readonly Knob[]): void {
  const placed = knobs.flatMap(({ name, kind, scale, from, to }) =>
    from === null || to === null ? [] : [{ name, kind, scale, from, to }],
  );
  view.dispatch({ effects: setKnobs.of(placed) });
}
