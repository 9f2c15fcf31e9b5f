import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import type { RunState, RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { duration, timeOfDay } from '../core/format';
import { isActive } from '../core/protocol-values';
import { stateWord } from '../ui/state-icon';

interface Step {
  key: string;
  word: string;
  text: string;
  state: 'done' | 'now';
  /** Longer steps are wider, within limits. */
  weight: number;
}

/** The states that the run went through, each with its duration. */
@Component({
  selector: 'mle-run-timeline',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ol aria-label="States of the run">
      @for (step of steps(); track step.key) {
        <li [class]="step.state" [style.flex-grow]="step.weight">
          <i></i><b>{{ step.word }}</b> <span>{{ step.text }}</span>
        </li>
      }
    </ol>
  `,
  styles: `
    ol {
      display: flex;
      gap: 3px;
      font: var(--text-11);
      color: var(--text-muted);
      overflow: hidden;
    }
    li {
      flex: 1 0 auto;
      white-space: nowrap;
      padding-right: 8px;
    }
    i {
      display: block;
      height: 3px;
      margin-bottom: 4px;
      border-radius: 2px;
      background: var(--axis);
    }
    b {
      font-weight: var(--weight-medium);
    }
    span {
      margin-left: 4px;
    }
    .now i {
      background: var(--running-fill);
    }
    .now b {
      color: var(--running);
    }
    // A phone has room for the words of the last one.
    @media (max-width: 719px) {
      li:not(:last-child) {
        flex: 1 1 0;
        padding: 0;
        :is(b, span) {
          display: none;
        }
      }
    }
  `,
})
export class RunTimeline {
  readonly run = input.required<RunView>();
  private readonly clock = inject(Clock);
  protected readonly steps = computed(() => this.read(this.run()));

  private read(run: RunView): Step[] {
    const moments = run.attempts.flatMap((attempt) => attempt.history.map((moment) => ({ ...moment, n: attempt.n })));
    return moments.map(({ state, at, n }, i) => {
      const next = moments.at(i + 1);
      const last = next === undefined;
      const ms = (next ? Date.parse(next.at) : this.clock.now()) - Date.parse(at);
      const word =
        run.attempts.length > 1 && (i === 0 || moments[i - 1]?.n !== n)
          ? `attempt ${n}: ${stateWord(state)}`
          : stateWord(state);
      return {
        key: `${n}.${i}`,
        word,
        text: this.words(state, at, ms, last),
        state: last && isActive(state) ? 'now' : 'done',
        weight: last && !isActive(state) ? 0.5 : Math.min(12, Math.max(0.5, ms / 2000)),
      };
    });
  }

  private words(state: RunState, at: string, ms: number, last: boolean): string {
    if (!last) return duration(ms);
    return isActive(state) ? `since ${timeOfDay(at, true)}` : timeOfDay(at, true);
  }
}
