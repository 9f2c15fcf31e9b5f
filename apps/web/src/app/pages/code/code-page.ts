import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { type Command, Commands } from '../../core/commands';
import { Hotkeys } from '../../core/hotkeys';
import type { IconName } from '../../core/icon-shapes';
import { PageTitle } from '../../core/page-title';
import { isNumber, readStored, writeStored } from '../../core/storage';
import { Dial } from '../../editor/dial-host';
import { DocumentStore } from '../../editor/document-store';
import { EditorPane } from '../../editor/editor-pane';
import { nameOf } from '../../files/file-tree';
import { DialRuns } from '../../launch/dial-runs';
import { FailureMarks } from '../../launch/failure-marks';
import { Launcher } from '../../launch/launcher';
import { OutputDock } from '../../launch/output-dock';
import { PastKnobs } from '../../launch/past-knobs';
import { RunOnPanel } from '../../launch/run-on-panel';
import { ProjectsStore } from '../../projects/projects-store';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { Splitter } from '../../ui/splitter';
import { VaryPanel } from '../../vary/vary-panel';
import { VaryResult } from '../../vary/vary-result';
import { VaryStore } from '../../vary/vary-store';
import { FilesPanel } from '../../workbench/files-panel';
import { ProjectActions } from '../../workbench/project-actions';
import { CodeAddress } from './code-address';
import { VaryAddress } from './vary-address';

type Pane = 'files' | 'code' | 'run' | 'output';
/** Where the focus goes in a pane: the first of these that it has. */
const PLACES = [
  '[role="treeitem"][tabindex="0"]',
  '.cm-content',
  '.go:not(:disabled)',
  '[role="region"]',
  'button:not([tabindex="-1"]):not(:disabled)',
];
const SIZES = { files: 208, run: 312, vary: 392, output: 324 };

/** Files, editor, machines and output: where one works. */
@Component({
  selector: 'mle-code-page',
  imports: [EditorPane, FilesPanel, Icon, OutputDock, RunOnPanel, Splitter, VaryPanel, VaryResult],
  providers: [CodeAddress, VaryAddress],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '[attr.data-pane]': 'pane()',
    '[style.--files]': 'sizes.files() + "px"',
    '[style.--run]': '(vary.file() === null ? sizes.run() : sizes.vary()) + "px"',
    '[style.--output]': 'sizes.output() + "px"',
  },
  templateUrl: './code-page.html',
  styleUrl: './code-page.scss',
})
export class CodePage {
  protected readonly projects = inject(ProjectsStore);
  protected readonly launcher = inject(Launcher);
  protected readonly vary = inject(VaryStore);
  protected readonly actions = inject(ProjectActions);
  private readonly documents = inject(DocumentStore);
  private readonly dial = inject(Dial);
  private readonly runs = inject(RunsStore);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly filesPanel = viewChild(FilesPanel);
  protected readonly pane = signal<Pane>('code');
  protected readonly panes: { id: Pane; label: string; icon: IconName }[] = [
    { id: 'files', label: 'Files', icon: 'folder' },
    { id: 'code', label: 'Code', icon: 'code' },
    { id: 'run', label: 'Run', icon: 'play' },
    { id: 'output', label: 'Output', icon: 'terminal' },
  ];
  protected readonly sizes = {
    files: storedSize('files'),
    run: storedSize('run'),
    vary: storedSize('vary'),
    output: storedSize('output'),
  };
  protected readonly goLabel = computed(() => {
    const target = this.launcher.target();
    return target ? `Go on ${target.name}` : 'Go';
  });

  private readonly doable = computed<Command[]>(() => {
    const file = this.launcher.file();
    return [
      { name: this.goLabel(), icon: 'play', keys: 'Ctrl Enter', run: () => this.go() },
      ...(this.runs.active().length > 0
        ? [
            {
              name: 'Stop the latest run',
              icon: 'stop' as const,
              keys: 'Ctrl Shift Enter',
              run: () => this.stopLatest(),
            },
          ]
        : []),
      ...(file === null
        ? []
        : [{ name: `Vary ${file}`, icon: 'sliders' as const, keys: 'Alt V', run: () => this.openVary(file) }]),
      { name: 'New file', icon: 'filePlus', run: () => this.newFile() },
      { name: 'Save all files', icon: 'check', keys: 'Ctrl S', run: () => void this.documents.saveAll() },
    ];
  });

  constructor() {
    // Ahead of the first file, so that both are on their way together. The editor itself says when it cannot be had.
    import('../../editor/codemirror').catch(() => undefined);
    for (const [name, size] of Object.entries(this.sizes)) effect(() => writeStored(`pane.${name}`, size()));
    effect(() => {
      // A run is looked at in the place of a Vary.
      if (this.launcher.launched())
        untracked(() => {
          void this.vary.show(null);
          this.pane.set('output');
        });
    });
    effect(() => {
      if (this.vary.centreRunId() === null) return;
      // Of a Vary that is opened its result is looked at first.
      untracked(() => this.vary.shown() === null && this.pane.set('run'));
    });
    effect(() => {
      if (this.vary.shown() !== null) untracked(() => this.pane.set('output'));
    });
    effect(() => {
      const path = this.documents.activePath();
      if (path) untracked(() => this.pane.update((pane) => (pane === 'files' ? 'code' : pane)));
    });
    effect(() => {
      if (!this.dial.varyWanted()) return;
      untracked(() => {
        this.dial.varyWanted.set(false);
        this.varyAtCaret();
      });
    });
    inject(FailureMarks);
    inject(PastKnobs);
    inject(DialRuns);
    inject(CodeAddress);
    inject(VaryAddress);
    const title = inject(PageTitle);
    effect(() => title.set(nameOf(this.documents.activePath() ?? '')));
    inject(Hotkeys).bind({
      'Ctrl+Enter': () => void this.launcher.goOnTarget(),
      'Ctrl+Shift+Enter': () => this.stopLatest(),
      'Ctrl+S': () => void this.documents.saveAll(),
      'Alt+V': () => this.varyAtCaret(),
      F6: () => this.movePane(1),
      'Shift+F6': () => this.movePane(-1),
    });
    inject(Commands).offer(() => this.doable());
  }

  protected go(): void {
    void this.launcher.goOnTarget();
    // Why it cannot run stands beside the machines.
    if (!this.launcher.target()) this.pane.set('run');
  }

  protected openVary(file: string, knob: string | null = null): void {
    this.pane.set('run');
    void this.vary.open(file, knob);
  }

  /** With the number that the caret is in, where that is one of the program that Go runs. */
  private varyAtCaret(): void {
    const file = this.launcher.file();
    if (file === null) return;
    this.openVary(file, file === this.documents.activePath() ? this.dial.atCaret() : null);
  }

  protected resetSize(name: keyof typeof SIZES): void {
    this.sizes[name].set(SIZES[name]);
  }

  protected newFile(): void {
    this.pane.set('files');
    this.filesPanel()?.add('file', '');
  }

  private stopLatest(): void {
    const [run] = this.runs.active();
    if (run) void this.launcher.stop(run);
  }

  /** Focus goes round the panes: files, code, output, run. One with nothing to be on is passed over. */
  private movePane(step: number): void {
    const regions = [...this.host.querySelectorAll<HTMLElement>('[data-region]')].filter(
      (region) => region.offsetParent !== null,
    );
    const at = regions.findIndex((region) => region.contains(document.activeElement));
    for (let moved = 1; moved <= regions.length; moved++) {
      const next =
        regions[
          ((((at === -1 && step < 0 ? 0 : at) + step * moved) % regions.length) + regions.length) % regions.length
        ];
      const place =
        next && PLACES.map((selector) => next.querySelector<HTMLElement>(selector)).find((element) => element !== null);
      if (place) return place.focus();
    }
  }
}

function storedSize(name: keyof typeof SIZES) {
  return signal(readStored(`pane.${name}`, isNumber, SIZES[name]));
}
