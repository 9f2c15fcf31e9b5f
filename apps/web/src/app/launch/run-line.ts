import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { Icon } from '../ui/icon';
import { StateIcon } from '../ui/state-icon';

export interface RunLineView {
  run: RunView;
  text: string;
  /** From 0 to 1 while files are synced. */
  part: number | null;
  stopping: boolean;
  /** Why it cannot be stopped now. */
  refusal: string | null;
}

/** A run at its machine or pool: what it is doing, and Stop. In place, its parts stand where Go and the words would. */
@Component({
  selector: 'mle-run-line',
  imports: [Icon, RouterLink, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'group', '[attr.aria-label]': '"Run " + line().run.number', '[class.in-place]': 'inPlace()' },
  template: `
    @if (!inPlace()) {
      <mle-state-icon [state]="line().run.state" />
    }
    <p class="meta grow">
      <a [routerLink]="['/runs', line().run.id]">#{{ line().run.number }}</a
      ><span class="cut" [title]="line().text">{{ line().text }}</span>
    </p>
    <button
      type="button"
      class="btn small danger"
      [class.go]="inPlace()"
      [disabled]="line().stopping || line().refusal !== null"
      [title]="line().refusal ?? ''"
      [attr.aria-label]="'Stop run ' + line().run.number + ' ' + where()"
      (click)="stop.emit()"
    >
      <mle-icon name="stop" /><span>Stop</span>
    </button>
    @if (line().part !== null) {
      <progress
        max="1"
        aria-label="Files synced"
        [value]="line().part ?? 0"
        [attr.aria-valuetext]="line().text"
      ></progress>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    .meta {
      display: flex;
      align-items: center;
      gap: 6px;
      min-width: 0;
      font: var(--text-12);
      color: var(--text-muted);
    }
    progress {
      flex: 1 0 100%;
    }
    /* The machine's row lays them out: below its name, at its end, below both. */
    :host(.in-place) {
      display: contents;
      .meta {
        grid-area: 2 / 2;
      }
      .go {
        grid-area: 1 / 3 / span 2;
        min-width: 64px;
      }
      progress {
        grid-column: 2 / 4;
        margin-top: 6px;
      }
    }
  `,
})
export class RunLine {
  readonly line = input.required<RunLineView>();
  /** As a part of the button's name: `on this computer`. */
  readonly where = input.required<string>();
  readonly inPlace = input(false);
  readonly stop = output();
}
