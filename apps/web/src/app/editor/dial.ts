import { isolateHistory } from '@codemirror/commands';
import { type EditorState, type Extension, Prec, Transaction } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap } from '@codemirror/view';
import { dialHost, dialRowLook, rowAt } from './dial-row';
import { knobPlaces, type PlacedKnob } from './knob-places';
import { turned } from './turned';

/** Of the pointer, for one step. */
const STEP_PX = 32;
const DRAG_PX = 3;
const NUMBER = /^-?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?$/i;

const mark = Decoration.mark({
  class: 'cm-knob',
  attributes: { title: 'Drag to turn it, or Alt and the arrow keys; Shift is finer' },
});

/** Those of the knobs that are numbers: they can be turned. */
const numbersOf = (state: EditorState): PlacedKnob[] =>
  state.field(knobPlaces).knobs.filter((knob) => isNumber(state, knob));

const decorations = EditorView.decorations.compute([knobPlaces, 'doc', 'selection'], (state): DecorationSet => {
  const at = knobAtCaret(state);
  const row =
    at && state.facet(dialHost)
      ? [Decoration.widget({ widget: rowAt(state, at), side: 1 }).range(state.doc.lineAt(at.to).to)]
      : [];
  return Decoration.set([...numbersOf(state).map(({ from, to }) => mark.range(from, to)), ...row], true);
});

const isNumber = ({ doc }: EditorState, { from, to }: PlacedKnob): boolean =>
  from < to && to <= doc.length && NUMBER.test(doc.sliceString(from, to));

function knobAtCaret(state: EditorState): PlacedKnob | null {
  const { head, empty } = state.selection.main;
  return empty ? (numbersOf(state).find(({ from, to }) => from <= head && head <= to) ?? null) : null;
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
function drag(view: EditorView, knob: PlacedKnob, press: Pick<MouseEvent, 'clientX' | 'clientY'>): void {
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
  const knob = numbersOf(view.state).find(({ from, to }) => from <= at && at < to);
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
  ...dialRowLook,
});

/** Numbers that a person may turn in the text. */
export const dial: Extension = [
  decorations,
  pointer,
  look,
  Prec.high(
    keymap.of([
      { key: 'Alt-ArrowUp', run: step(1, false), shift: step(1, true) },
      { key: 'Alt-ArrowDown', run: step(-1, false), shift: step(-1, true) },
    ]),
  ),
];
