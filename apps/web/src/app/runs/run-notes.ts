import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  Injector,
  input,
  signal,
  viewChild,
} from '@angular/core';
import type { RunView } from '@mle/protocol';
import { Icon } from '../ui/icon';
import { RunActions } from './run-actions';

/** Tags and the note of a run, changed in place. */
@Component({
  selector: 'mle-run-notes',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (tag of run().tags; track tag) {
      <span class="chip"
        >{{ tag
        }}<button type="button" class="off" [attr.aria-label]="'Remove tag ' + tag" (click)="untag(tag)">
          <mle-icon name="x" /></button
      ></span>
    }
    @if (editing() === 'tag') {
      <input
        #field
        class="input small tag"
        type="text"
        aria-label="New tag"
        maxlength="40"
        (keydown.enter)="addTag(field.value)"
        (keydown.escape)="$event.stopPropagation(); editing.set(null)"
        (blur)="addTag(field.value)"
      />
    } @else {
      <button type="button" class="add" (click)="edit('tag')">
        <mle-icon name="tag" />{{ run().tags.length > 0 ? 'Tag' : 'Add a tag' }}
      </button>
    }
    <button
      type="button"
      class="add cut"
      [class.covered]="editing() === 'note'"
      [title]="run().note"
      (click)="edit('note')"
    >
      <mle-icon name="pencil" /><span class="cut">{{ run().note || 'Add a note' }}</span>
    </button>
    @if (editing() === 'note') {
      <textarea
        #field
        class="input note"
        aria-label="Note"
        rows="3"
        maxlength="10000"
        [value]="run().note"
        (keydown)="onNoteKey($event, field.value)"
        (blur)="saveNote(field.value)"
      ></textarea>
    }
  `,
  styles: `
    :host {
      position: relative;
      display: flex;
      flex: 1 1 auto;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      min-width: min(320px, 100%);
    }
    .chip {
      padding-right: 2px;
    }
    .off {
      display: inline-grid;
      place-items: center;
      width: 16px;
      height: 16px;
      padding: 0;
      border: 0;
      border-radius: 4px;
      background: none;
      color: inherit;
      &:hover {
        background: var(--hover);
      }
      mle-icon {
        width: 12px;
        height: 12px;
      }
    }
    .add {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      min-height: 24px;
      max-width: 420px;
      padding: 0 6px;
      border: 0;
      border-radius: var(--radius);
      background: none;
      color: var(--text-muted);
      &:hover {
        background: var(--hover);
        color: var(--text);
      }
      mle-icon {
        width: 14px;
        height: 14px;
      }
    }
    .covered {
      visibility: hidden;
    }
    .tag {
      width: 140px;
      height: 24px;
    }
    // Floats, so that nothing below moves while one writes.
    .note {
      position: absolute;
      z-index: 2;
      top: -2px;
      left: 0;
      width: min(560px, 100%);
      box-shadow: var(--shadow);
    }
    @media (max-width: 719px) {
      .add,
      .tag {
        min-height: 36px;
      }
      .off {
        width: 24px;
        height: 24px;
      }
      .chip {
        height: 28px;
      }
    }
  `,
})
export class RunNotes {
  readonly run = input.required<RunView>();
  private readonly actions = inject(RunActions);
  private readonly injector = inject(Injector);
  private readonly field = viewChild<ElementRef<HTMLInputElement | HTMLTextAreaElement>>('field');
  protected readonly editing = signal<'tag' | 'note' | null>(null);
  private readonly tags = computed(() => this.run().tags);

  protected edit(what: 'tag' | 'note'): void {
    this.editing.set(what);
    afterNextRender(() => this.field()?.nativeElement.focus(), { injector: this.injector });
  }

  protected addTag(text: string): void {
    if (this.editing() !== 'tag') return;
    this.editing.set(null);
    const tag = text.trim();
    if (tag !== '' && !this.tags().includes(tag)) void this.actions.update(this.run(), { tags: [...this.tags(), tag] });
  }

  protected untag(tag: string): void {
    void this.actions.update(this.run(), { tags: this.tags().filter((other) => other !== tag) });
  }

  protected onNoteKey(event: KeyboardEvent, text: string): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.editing.set(null);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.saveNote(text);
    }
  }

  protected saveNote(text: string): void {
    if (this.editing() !== 'note') return;
    this.editing.set(null);
    if (text !== this.run().note) void this.actions.update(this.run(), { note: text });
  }
}
