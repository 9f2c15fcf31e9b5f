import { ChangeDetectionStrategy, Component, input, linkedSignal, signal, type WritableSignal } from '@angular/core';
import { Icon } from '../ui/icon';
import { type Column, COLUMNS } from './line-table';
import type { OutputFeed } from './output-feed';
import { OutputView } from './output-view';

interface ColumnState {
  name: Column;
  follow: WritableSignal<boolean>;
  firstLine: WritableSignal<number>;
}

/** stdout and stderr side by side, each with its own place, and cleared by itself. */
@Component({
  selector: 'mle-output-columns',
  imports: [Icon, OutputView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (column of columns(); track column.name) {
      <section>
        <div class="head">
          <h3>{{ column.name }}</h3>
          <span class="muted">#{{ number() }}</span>
          <span class="end">
            <button
              type="button"
              class="ib"
              [attr.aria-label]="'Follow ' + column.name"
              [title]="'Follow ' + column.name"
              [attr.aria-pressed]="column.follow()"
              (click)="column.follow.set(!column.follow())"
            >
              <mle-icon name="follow" />
            </button>
            <button
              type="button"
              class="ib"
              [attr.aria-label]="'Clear ' + column.name"
              [title]="'Clear ' + column.name"
              (click)="clear(column)"
            >
              <mle-icon name="clear" />
            </button>
          </span>
        </div>
        <mle-output-view
          [feed]="feed()"
          [column]="column.name"
          [label]="column.name + ' of run ' + number()"
          [firstLine]="column.firstLine()"
          [timestamps]="timestamps()"
          [wrap]="wrap()"
          [follow]="column.follow()"
          (followChange)="column.follow.set($event)"
        />
      </section>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      min-height: 0;
    }
    section {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
    }
    section + section {
      border-left: 1px solid var(--border);
    }
    .head {
      display: flex;
      align-items: center;
      gap: 8px;
      min-height: 36px;
      padding: 0 8px 0 12px;
      border-bottom: 1px solid var(--border);
    }
    .end {
      display: flex;
      margin-left: auto;
    }
    mle-output-view {
      flex: 1;
    }
    @media (max-width: 719px) {
      :host {
        grid-template: minmax(0, 1fr) minmax(0, 1fr) / minmax(0, 1fr);
      }
      section + section {
        border-left: 0;
        border-top: 1px solid var(--border);
      }
    }
  `,
})
export class OutputColumns {
  readonly feed = input.required<OutputFeed>();
  /** Of the run. */
  readonly number = input.required<number>();
  readonly timestamps = input(false);
  readonly wrap = input(false);
  /** Anew for each run. */
  protected readonly columns = linkedSignal<OutputFeed, ColumnState[]>({
    source: this.feed,
    computation: () => COLUMNS.map((name) => ({ name, follow: signal(true), firstLine: signal(0) })),
  });

  protected clear(column: ColumnState): void {
    column.firstLine.set(this.feed().buffer.countOf(column.name));
    column.follow.set(true);
  }
}
