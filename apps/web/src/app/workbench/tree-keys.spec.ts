import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { FileView } from '@mle/protocol';
import { ServerState } from '../core/server-state';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { FileChanges } from './file-changes';
import { FilesTree } from './files-tree';
import { TreeKeys } from './tree-keys';

@Component({
  providers: [FilesTree, TreeKeys],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (node of tree.rows(); track node.path) {
      <button
        type="button"
        [attr.data-path]="node.path"
        (keydown)="keys.press($event, node)"
        (focus)="tree.focused.set(node.path)"
      >
        {{ node.name }}
      </button>
    }
  `,
})
class Panel {
  readonly tree = inject(FilesTree);
  readonly keys = inject(TreeKeys);
}

const CODES: Record<string, number> = { ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, End: 35, Home: 36 };
const PATHS = ['data/b.csv', 'nets/deep/x.py', 'main.py', 'test.py', 'train.py'];

async function shown(offline: string | null = null) {
  localStorage.clear();
  const opened: [string, object][] = [];
  const done: string[] = [];
  const files = PATHS.map((path) => ({ path, size: 1, mode: 0o644, mtime: '', sha256: '' }) satisfies FileView);
  TestBed.configureTestingModule({
    providers: [
      {
        provide: FilesStore,
        useValue: { projectId: signal('p1'), files: signal(files), emptyFolders: signal([]) },
      },
      {
        provide: DocumentStore,
        useValue: { activePath: signal(null), open: (path: string, how: object) => opened.push([path, how]) },
      },
      {
        provide: FileChanges,
        useValue: {
          moveInto: (from: string, folder: string) => done.push(`${from} into ${folder}`),
          remove: ({ path }: { path: string }) => done.push(`${path} removed`),
        },
      },
      { provide: ServerState, useValue: { refusal: signal(offline) } },
    ],
  });
  const fixture = TestBed.createComponent(Panel);
  const host = fixture.nativeElement as HTMLElement;
  document.body.append(host);
  await fixture.whenStable();
  const { tree } = fixture.componentInstance;
  const settled = async (ms = 0) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await fixture.whenStable();
  };
  const at = () => (document.activeElement as HTMLElement).dataset['path'];
  const press = async (key: string, more: KeyboardEventInit = {}) => {
    const init = { key, keyCode: CODES[key] ?? 0, bubbles: true, cancelable: true, ...more };
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', init));
    await settled();
    return at();
  };
  host.querySelector('button')?.focus();
  return { tree, opened, done, press, at, settled };
}

describe('the keys of the tree', () => {
  it('lead from row to row, into folders and out of them', async () => {
    const { tree, press } = await shown();
    expect(await press('ArrowDown')).toBe('nets');
    expect(await press('ArrowUp')).toBe('data');
    expect(await press('ArrowUp')).toBe('data');
    expect(await press('End')).toBe('train.py');
    expect(await press('Home')).toBe('data');
    expect(await press('ArrowRight')).toBe('data');
    expect(tree.folders.paths()).toEqual(new Set(['data']));
    expect(await press('ArrowRight')).toBe('data/b.csv');
    expect(await press('ArrowLeft')).toBe('data');
    expect(await press('ArrowLeft')).toBe('data');
    expect(tree.folders.paths()).toEqual(new Set());
    await press('*');
    expect(tree.folders.paths()).toEqual(new Set(['data', 'nets']));
  });

  it('find a row by the letters that it begins with', async () => {
    const { press, at, settled } = await shown();
    await press('t');
    await press('r');
    await settled(300);
    expect(at()).toBe('train.py');
    await press('n');
    await settled(300);
    expect(at()).toBe('nets');
  });

  it('open by Enter with the focus, and by Space without', async () => {
    const { opened, press } = await shown();
    await press('End');
    await press('Enter');
    await press(' ');
    expect(opened).toEqual([
      ['train.py', { focus: true }],
      ['train.py', {}],
    ]);
  });

  it('move, rename and delete', async () => {
    const { tree, done, press } = await shown();
    await press('End');
    await press('x', { ctrlKey: true });
    expect(tree.taken()).toBe('train.py');
    await press('Home');
    await press('v', { ctrlKey: true });
    await press('Escape');
    expect(tree.taken()).toBeNull();
    await press('F2');
    expect(tree.renaming()).toBe('data');
    await press('Delete');
    expect(done).toEqual(['train.py into data', 'data removed']);
  });

  it('change nothing while the server is away', async () => {
    const { tree, done, press } = await shown('The server does not answer');
    await press('F2');
    await press('Delete');
    expect([tree.renaming(), done]).toEqual([null, []]);
  });
});
