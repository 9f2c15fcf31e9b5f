import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { dress, readerExtensions } from './codemirror';

/** Beyond these the comparison gets coarser instead of slower. */
const EFFORT = { scanLimit: 500, timeout: 300 };
const COLLAPSED = { margin: 3, minSize: 4 };

const look = EditorView.theme({
  '&.cm-editor': { height: 'auto' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': { backgroundColor: 'var(--diff-added)' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--diff-removed)' },
  '.cm-changedText, &.cm-merge-b .cm-changedText': { background: 'var(--diff-added-strong)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'var(--diff-removed-strong)' },
  '.cm-deletedChunk': { paddingLeft: '4px' },
  '.cm-deletedLine, .cm-deletedChunk del': { textDecoration: 'none' },
  '.cm-insertedLine': { textDecoration: 'none' },
  '.cm-changeGutter': { width: '3px', paddingLeft: '1px' },
  '.cm-changedLineGutter': { background: 'var(--success)' },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--danger)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-collapsedLines': {
    background: 'var(--canvas)',
    color: 'var(--text-muted)',
    font: 'var(--code-12)',
    padding: '3px 12px',
  },
  // Its signs are in few fonts.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: 'none' },
});

const PHRASES = { '$ unchanged lines': '$ lines are the same' };

/** Two versions of a file, to be read only: in one column or side by side. Returns what ends it. */
export function createMerge(
  parent: HTMLElement,
  { before, after, path, split }: { before: string; after: string; path: string; split: boolean },
  nonce: string,
): () => void {
  const extensions: Extension[] = [...readerExtensions(nonce), look, EditorState.phrases.of(PHRASES)];
  const views: EditorView[] = [];
  let end: () => void;
  if (split) {
    const merge = new MergeView({
      parent,
      a: { doc: before, extensions },
      b: { doc: after, extensions },
      collapseUnchanged: COLLAPSED,
      diffConfig: EFFORT,
    });
    views.push(merge.a, merge.b);
    end = () => merge.destroy();
  } else {
    const unified = unifiedMergeView({
      original: before,
      mergeControls: false,
      allowInlineDiffs: false,
      collapseUnchanged: COLLAPSED,
      diffConfig: EFFORT,
    });
    const view = new EditorView({ parent, doc: after, extensions: [...extensions, unified] });
    views.push(view);
    end = () => view.destroy();
  }
  let ended = false;
  for (const view of views) void dress(view, path, () => !ended);
  return () => {
    ended = true;
    end();
  };
}
