import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
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

/** A run at its machine or pool: what it is doing, and Stop; or Remove while it waits in line. */
@Component({
  selector: 'mle-run-line',
  imports: [Icon, RouterLink, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'group', '[attr.aria-label]': '"Run " + line().run.number' },
  template: `
    <mle-state-icon [state]="line().run.state" />
    <p class="meta grow">
      <a [routerLink]="['/runs', line().run.id]">#{{ line().run.number }}</a
      ><span class="cut" [title]="line().text">{{ line().text }}</span>
    </p>
    <button
      type="button"
      class="btn small"
      [class.danger]="!waits()"
      [disabled]="line().stopping || line().refusal !== null"
      [title]="line().refusal ?? ''"
      [attr.aria-label]="verb() + ' run ' + line().run.number + ' ' + where()"
      (click)="stop.emit()"
    >
      <mle-icon [name]="waits() ? 'x' : 'stop'" /><span>{{ verb() }}</span>
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
  `,
})
export class RunLine {
  readonly line = input.required<RunLineView>();
  /** As a part of the button's name: `on this computer`. */
  readonly where = input.required<string>();
  readonly stop = output();
  protected readonly waits = computed(() => this.line().run.state === 'queued');
  protected readonly verb = computed(() => (this.waits() ? 'Remove' : 'Stop'));
}
