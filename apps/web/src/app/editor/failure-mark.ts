import { type EditorState, type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, gutterLineClass, GutterMarker } from '@codemirror/view';

const failedAt = StateEffect.define<number | null>();
const lineMark = Decoration.line({ class: 'cm-failedLine', attributes: { title: 'The last run failed here' } });
const numberMark = new (class extends GutterMarker {
  override elementClass = 'cm-failedGutter';
})();

/** The start of the line at which the last run failed; it moves with the text, and goes when the line is edited. */
const field = StateField.define<number | null>({
  create: () => null,
  update(at, { effects, changes, state, startState }) {
    for (const effect of effects) if (effect.is(failedAt)) return startOf(state, effect.value);
    if (at === null || changes.empty) return at;
    const { from, to } = startState.doc.lineAt(at);
    return changes.touchesRange(from, to) === false ? changes.mapPos(at, 1) : null;
  },
  provide: (self) => [
    EditorView.decorations.from(self, (at): DecorationSet =>
      at === null ? Decoration.none : Decoration.set(lineMark.range(at)),
    ),
    gutterLineClass.computeN([self], (state) => {
      const at = state.field(self);
      return at === null ? [] : [RangeSet.of(numberMark.range(at))];
    }),
  ],
});

export const failureMark: Extension = field;

/** Marks a line, counted from 1; null takes the mark away. */
export function markFailure(view: EditorView, line: number | null): void {
  view.dispatch({ effects: failedAt.of(line) });
}

function startOf(state: EditorState, line: number | null): number | null {
  return line === null || line < 1 || line > state.doc.lines ? null : state.doc.line(line).from;
}
