import {
  ChangeDetectionStrategy,
  Component,
  CSP_NONCE,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  type OnInit,
  output,
  signal,
  untracked,
} from '@angular/core';
import type { EditorState, EditorView } from './codemirror';
import { Dial } from './dial-host';
import { KnobsApi } from './knobs-api';
import type { OpenDocument } from './open-document';

type Kit = typeof import('./codemirror');

/** CodeMirror around one document at a time; it is downloaded when the first text is shown. */
@Component({
  selector: 'mle-code-editor',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(focusout)': 'onFocusOut($event)' },
  template: `
    @if (failed()) {
      <div class="empty" role="alert">
        <h3>The editor could not be loaded</h3>
        <p>Load the page again. Unsaved text of other tabs is asked for first.</p>
      </div>
    }
  `,
  styles: `
    :host {
      display: block;
      height: 100%;
      min-height: 0;
      overflow: hidden;
    }
  `,
})
export class CodeEditor implements OnInit {
  readonly document = input.required<OpenDocument>();
  readonly focusRequest = input(0);
  readonly cursor = output<{ line: number; column: number }>();
  readonly blurred = output<OpenDocument>();
  protected readonly failed = signal(false);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly nonce = inject(CSP_NONCE, { optional: true }) ?? '';
  private readonly kit = signal<Kit | null>(null);
  private readonly dial = inject(Dial);
  private readonly knobs = inject(KnobsApi);
  private view: EditorView | null = null;
  private shown: OpenDocument | null = null;

  constructor() {
    effect(() => {
      const kit = this.kit();
      const document = this.document();
      document.replaced();
      if (kit) untracked(() => this.show(kit, document));
    });
    effect(() => {
      const document = this.document();
      const path = document.path();
      document.replaced();
      const kit = this.kit();
      if (kit && this.view) void kit.dress(this.view, path, () => this.shown === document && document.path() === path);
    });
    effect(() => {
      if (this.focusRequest() > 0 && this.kit()) this.view?.focus();
    });
    effect(() => {
      const document = this.document();
      const line = document.lineWanted();
      const ready = document.status() === 'ready';
      const kit = this.kit();
      if (line === null || !ready || !kit || !this.view) return;
      kit.goToLine(this.view, line);
      untracked(() => document.lineWanted.set(null));
    });
    effect(() => {
      const document = this.document();
      const failure = document.failedAt();
      const ready = document.status() === 'ready';
      const kit = this.kit();
      if (!ready || !kit || !this.view || document.markedFailure === (failure?.key ?? '')) return;
      document.markedFailure = failure?.key ?? '';
      kit.markFailure(this.view, failure?.line ?? null);
    });
    effect(() => {
      const document = this.document();
      const [text, path, kit] = [document.savedText(), document.path(), this.kit()];
      document.replaced();
      if (document.status() === 'ready' && kit) untracked(() => void this.findKnobs(kit, document, path, text));
    });
    effect(() => {
      const document = this.document();
      const runs = document.pastRuns();
      document.replaced();
      const ready = document.status() === 'ready';
      const kit = this.kit();
      if (ready && kit && this.view) kit.showPastRuns(this.view, runs);
    });
    inject(DestroyRef).onDestroy(() => {
      this.keepState();
      // Taken out of the page while it has the focus, it would tell of its blur: the pane saves by itself.
      this.shown = null;
      this.view?.destroy();
    });
  }

  ngOnInit(): void {
    void this.loadKit();
  }

  focus(): void {
    this.view?.focus();
  }

  openSearch(): void {
    if (this.view) this.kit()?.openSearchPanel(this.view);
  }

  private async loadKit(): Promise<void> {
    try {
      this.kit.set(await import('./codemirror'));
    } catch {
      this.failed.set(true);
    }
  }

  protected onFocusOut(event: FocusEvent): void {
    const inside = event.relatedTarget instanceof Node && this.host.nativeElement.contains(event.relatedTarget);
    if (!inside && this.shown) this.blurred.emit(this.shown);
  }

  private show(kit: Kit, document: OpenDocument): void {
    if (this.shown !== document) this.keepState();
    this.shown = document;
    const known = document.editorState as EditorState | null;
    document.editorState = null;
    const state = known ?? kit.createState(document.text, this.nonce, this.dial);
    if (this.view) this.view.setState(state);
    else
      this.view = kit.createView(this.host.nativeElement, state, (next, changed) => this.onUpdate(kit, next, changed));
    this.cursor.emit(kit.cursorOf(state));
  }

  /** The places of the answer are those of the text that was saved. */
  private async findKnobs(kit: Kit, document: OpenDocument, path: string, text: string): Promise<void> {
    // Without them the text is edited as any other; half of a program is typed most of the time.
    const knobs = await this.knobs.of(path).catch(() => []);
    if (!this.view || this.shown !== document || document.text !== text) return;
    kit.showKnobs(this.view, knobs);
    document.knobs.set(knobs.length);
  }

  private onUpdate(kit: Kit, state: EditorState, changed: boolean): void {
    if (changed) this.shown?.changed(() => state.doc.toString());
    this.cursor.emit(kit.cursorOf(state));
    this.dial.atCaret.set(kit.nameAtCaret(state));
  }

  private keepState(): void {
    if (this.shown && this.view && this.shown.status() === 'ready') this.shown.editorState = this.view.state;
  }
}
