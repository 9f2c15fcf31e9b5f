import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { dial } from './dial';
import { type DialHost, dialHost } from './dial-row';
import { failureMark } from './failure-mark';
import { knobGutter } from './knob-places';
import { loadLanguage } from './languages';

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.integer, tags.float], color: 'var(--code-number)' },
  { tag: [tags.bool, tags.null, tags.atom, tags.constant(tags.name)], color: 'var(--code-constant)' },
  { tag: [tags.comment, tags.meta], color: 'var(--code-comment)' },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.variableName)),
    ],
    color: 'var(--code-function)',
  },
  { tag: [tags.typeName, tags.className, tags.namespace, tags.definition(tags.className)], color: 'var(--code-type)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--text)' },
  { tag: [tags.punctuation, tags.separator], color: 'var(--code-punctuation)' },
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: [tags.link, tags.url], color: 'var(--accent-text)' },
  { tag: tags.invalid, color: 'var(--danger)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    font: 'var(--code-13)',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--border-button) transparent',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 12px 0 4px' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '1.5px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-faint)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '36px', padding: '0 4px 0 8px' },
  '.cm-foldGutter .cm-gutterElement': { width: '12px', color: 'var(--text-faint)', opacity: '0' },
  '&:hover .cm-foldGutter .cm-gutterElement, .cm-foldGutter .cm-gutterElement.cm-activeLineGutter': { opacity: '1' },
  '@media (max-width: 719px)': { '.cm-foldGutter': { display: 'none !important' } },
  '.cm-failedLine': { backgroundColor: 'var(--danger-soft)' },
  '.cm-lineNumbers .cm-gutterElement.cm-failedGutter': {
    color: 'var(--danger)',
    fontWeight: '600',
    boxShadow: 'inset 3px 0 0 var(--danger)',
  },
  '.cm-activeLine': { backgroundColor: 'var(--code-active-line)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--code-active-line)', color: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--code-selection)',
  },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--code-match)' },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: 'var(--code-match-current)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selected)', color: 'inherit' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '0', color: 'var(--text-muted)' },
  '.cm-panels': { backgroundColor: 'var(--canvas)', color: 'var(--text)', borderColor: 'var(--border)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--border)' },
  '.cm-panel.cm-search': { padding: '6px 28px 6px 10px', font: 'var(--text-12)' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '4px',
    margin: '0 8px 0 4px',
    fontSize: '12px',
  },
  '.cm-panel.cm-search input[type=checkbox]': { margin: '0', accentColor: 'var(--accent)' },
  '.cm-panel.cm-search [name=close]': {
    fontSize: '18px',
    right: '8px',
    top: '4px',
    color: 'var(--text-muted)',
    cursor: 'pointer',
  },
  '.cm-textfield': {
    height: '26px',
    border: '1px solid var(--border-strong)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface)',
    fontSize: '12px',
  },
  '.cm-button': {
    height: '26px',
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--border-button)',
    borderRadius: 'var(--radius)',
    fontSize: '12px',
  },
  '.cm-button:hover': { backgroundColor: 'var(--hover)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '0',
    borderRadius: 'var(--radius)',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: 'var(--code-12)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--selected)', color: 'var(--text)' },
});

/** The words of its search panel, written as the page's own. */
const PHRASES = {
  next: 'Next',
  previous: 'Previous',
  all: 'Select all',
  'match case': 'Match case',
  regexp: 'Pattern',
  'by word': 'Whole words',
  replace: 'Replace',
  'replace all': 'Replace all',
};

const language = new Compartment();
const naming = new Compartment();

function extensions(nonce: string): Extension[] {
  return [
    EditorView.cspNonce.of(nonce),
    look,
    syntaxHighlighting(highlight),
    knobGutter,
    lineNumbers(),
    foldGutter({ openText: '⌄', closedText: '›' }),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    failureMark,
    dial,
    history(),
    drawSelection(),
    dropCursor(),
    rectangularSelection(),
    indentOnInput(),
    indentUnit.of('    '),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorState.phrases.of(PHRASES),
    EditorState.allowMultipleSelections.of(true),
    // Esc lets the next Tab leave the editor: CodeMirror's own Tab focus mode.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      indentWithTab,
    ]),
    EditorView.domEventHandlers({
      keydown: (event, view) => {
        if (event.key === 'Escape') view.setTabFocusMode(2000);
        return false;
      },
    }),
    language.of([]),
    naming.of([]),
  ];
}

/** `nonce` is the response's own: without it the CSP refuses the editor's styles. */
export const createState = (text: string, nonce: string, host: DialHost): EditorState =>
  EditorState.create({ doc: text, extensions: [...extensions(nonce), dialHost.of(host)] });

/** `updated` is the view's, not the state's: a state is kept while another tab is in front, and outlives its view. */
export function createView(
  parent: HTMLElement,
  state: EditorState,
  updated: (state: EditorState, changed: boolean) => void,
): EditorView {
  return new EditorView({
    parent,
    state,
    dispatchTransactions: (transactions, view) => {
      view.update(transactions);
      updated(
        view.state,
        transactions.some((transaction) => transaction.docChanged),
      );
    },
  });
}

/** Of a text to be read only. */
export const readerExtensions = (nonce: string): Extension[] => [
  ...extensions(nonce),
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
];

/** A text to be read only, in `parent`. Returns what ends it. */
export function createReader(parent: HTMLElement, text: string, path: string, nonce: string): () => void {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: text, extensions: readerExtensions(nonce) }),
  });
  let ended = false;
  void dress(view, path, () => !ended);
  return () => {
    ended = true;
    view.destroy();
  };
}

/** Puts the cursor at the beginning of a line, which comes to the middle of the view. */
export function goToLine(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
}

/** Where the cursor is, both counted from 1. */
export function cursorOf(state: EditorState): { line: number; column: number } {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return { line: line.number, column: head - line.from + 1 };
}

/** Gives the view the name of a file at once, and its grammar when that is there and the file still in front. */
export async function dress(view: EditorView, path: string, inFront: () => boolean): Promise<void> {
  view.dispatch({
    effects: naming.reconfigure(EditorView.contentAttributes.of({ 'aria-label': `Code of ${path}`, tabindex: '0' })),
  });
  const grammar = await loadLanguage(path);
  if (inFront()) view.dispatch({ effects: language.reconfigure(grammar) });
}

export { nameAtCaret } from './dial';
export { markFailure } from './failure-mark';
export { showKnobs, showPastRuns } from './knob-places';
export { openSearchPanel };
export type { EditorState, EditorView };
