import {
  ChangeDetectionStrategy,
  Component,
  computed,
  CSP_NONCE,
  effect,
  type ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { FileDiff, RunDiff } from '@mle/protocol';
import { plural } from '../../core/format';

/** The files in which the code of two runs differs, one at a time. */
@Component({
  selector: 'mle-code-diff',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (diff().files.length > 0) {
      <div class="head">
        <label class="cut"
          ><span class="sr">File</span>
          <select #files class="input small mono" (change)="fileChosen.emit(files.value)">
            @for (file of diff().files; track file.path) {
              <option [value]="file.path" [selected]="file.path === shown()?.path">{{ file.path }}</option>
            }
          </select>
        </label>
        <span class="muted names">{{ names() }}</span>
        <span class="end counts mono">
          @if (shown()?.added; as count) {
            <span class="added">+{{ count }}</span>
          }
          @if (shown()?.removed; as count) {
            <span class="removed">−{{ count }}</span>
          }
        </span>
        <span class="segments" role="group" aria-label="How the code is shown">
          <button type="button" [attr.aria-pressed]="!split()" (click)="splitChosen.emit(false)">Unified</button>
          <button type="button" [attr.aria-pressed]="split()" (click)="splitChosen.emit(true)">Split</button>
        </span>
      </div>
      @if (note()) {
        <p class="note muted">{{ note() }}</p>
      }
      @if (failure()) {
        <p class="note" role="alert">The code could not be shown. Load the page again.</p>
      }
      <div #host class="code scroll" role="region" tabindex="0" [attr.aria-label]="'Changes of ' + shown()?.path"></div>
    } @else {
      <p class="note muted">The code of both runs is the same.</p>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      min-height: 36px;
      padding: 4px 8px 4px 12px;
      border-bottom: 1px solid var(--border);
    }
    select {
      width: auto;
      max-width: 100%;
    }
    .names {
      white-space: nowrap;
    }
    .counts {
      margin-left: auto;
      display: flex;
      gap: 8px;
    }
    .added {
      color: var(--success);
    }
    .removed {
      color: var(--danger);
    }
    .note {
      padding: 8px 12px;
    }
    .code {
      flex: 1;
    }
  `,
})
export class CodeDiff {
  readonly diff = input.required<RunDiff>();
  /** `#119 to #111` */
  readonly names = input.required<string>();
  /** Null: the first of them. */
  readonly file = input<string | null>(null);
  readonly split = input(false);
  readonly fileChosen = output<string>();
  readonly splitChosen = output<boolean>();
  private readonly nonce = inject(CSP_NONCE, { optional: true }) ?? '';
  private readonly host = viewChild<ElementRef<HTMLElement>>('host');
  protected readonly failure = signal(false);

  protected readonly shown = computed<FileDiff | null>(() => {
    const { files } = this.diff();
    return files.find(({ path }) => path === this.file()) ?? files[0] ?? null;
  });
  protected readonly note = computed(() => {
    const [file, more] = [this.shown(), this.diff().moreFiles];
    const parts: string[] = [];
    if (file && !file.texts)
      parts.push(file.added === undefined ? 'This file is no text that can be compared.' : 'This file is too large.');
    if (file?.kind === 'added') parts.push('Only the second run has this file.');
    if (file?.kind === 'removed') parts.push('Only the first run has this file.');
    if (more > 0) parts.push(`${plural(more, 'more file')} differ and are not listed.`);
    return parts.join(' ');
  });

  constructor() {
    effect((onCleanup) => {
      const [host, file, split] = [this.host()?.nativeElement, this.shown(), this.split()];
      if (!host || !file?.texts) return;
      const { texts, path } = file;
      onCleanup(this.draw(host, { before: texts.a ?? '', after: texts.b ?? '', path, split }));
    });
  }

  /** Returns what ends it. */
  private draw(host: HTMLElement, what: { before: string; after: string; path: string; split: boolean }): () => void {
    let end: (() => void) | null = null;
    let ended = false;
    this.failure.set(false);
    import('../../editor/code-merge').then(
      ({ createMerge }) => {
        if (!ended) end = createMerge(host, what, this.nonce);
      },
      () => this.failure.set(!ended),
    );
    return () => {
      ended = true;
      end?.();
    };
  }
}
