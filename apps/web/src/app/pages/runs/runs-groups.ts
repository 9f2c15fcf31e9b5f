import { ChangeDetectionStrategy, Component, computed, inject, input, output, resource } from '@angular/core';
import type { RunGroup, Spread } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { shownNumber } from '@mle/protocol/shown-number';
import { plural } from '../../core/format';
import { sentence } from '../../core/problem';
import { MetricSettingsStore } from '../../metrics/metric-settings-store';
import { type RunFilter, RunsApi } from '../../runs/runs-api';
import { LoadFailure } from '../../ui/load-failure';

/** As many metrics as stand beside each other. */
const MOST_METRICS = 3;

/** One row for each value of a knob: the mean of its runs, from the lowest to the highest, drawn on one scale. */
@Component({
  selector: 'mle-runs-groups',
  imports: [LoadFailure],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (groups.error(); as failure) {
      <mle-load-failure what="The groups" [text]="words(failure)" (again)="groups.reload()" />
    } @else {
      <div class="scroll" role="region" aria-label="Groups of runs" tabindex="0">
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">{{ knob() }}</th>
              <th scope="col">Runs</th>
              @for (column of columns(); track column.name) {
                <th scope="col" class="num">{{ column.name }}, mean</th>
                <th scope="col">lowest to highest</th>
                <th scope="col" class="scale">over seeds, {{ column.from }} to {{ column.to }}</th>
              }
            </tr>
          </thead>
          <tbody>
            @for (row of rows(); track row.value) {
              <tr>
                <td>
                  @if (row.group.value === null) {
                    <span class="muted">without</span>
                  } @else {
                    <button type="button" class="link mono" (click)="picked.emit(row.value)">{{ row.value }}</button>
                  }
                </td>
                <td class="muted">
                  {{ row.runs }}
                  @if (row.differs) {
                    <span class="differs">{{ row.differs }}</span>
                  }
                </td>
                @for (cell of row.cells; track $index) {
                  <td class="num" [class.strong]="cell.best">{{ cell.mean }}</td>
                  <td class="range">{{ cell.range }}</td>
                  <td class="scale">
                    @if (cell.mark; as mark) {
                      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                        <path d="M0 5H100" class="axis" />
                        <path [attr.d]="mark.range" />
                        <path class="mean" [attr.d]="mark.mean" />
                      </svg>
                    }
                  </td>
                }
              </tr>
            }
          </tbody>
        </table>
        <p class="muted">Runs that succeeded count; a seed that ran twice with the same values counts once.</p>
      </div>
    }
  `,
  styles: `
    :host {
      display: block;
      flex: 1;
      min-height: 0;
      overflow: auto;
    }
    .link {
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent);
    }
    .strong {
      font-weight: var(--weight-strong);
    }
    .differs {
      display: block;
      font: var(--text-12);
      color: var(--warning);
    }
    .range {
      white-space: nowrap;
    }
    .scale {
      width: 200px;
    }
    svg {
      display: block;
      width: 180px;
      height: 10px;
      overflow: visible;
    }
    path {
      stroke: var(--text-muted);
      stroke-width: 2;
      vector-effect: non-scaling-stroke;
    }
    .axis {
      stroke: var(--border);
      stroke-width: 1;
    }
    .mean {
      stroke: var(--text);
      stroke-width: 6;
      stroke-linecap: round;
    }
    p {
      padding: 12px 16px;
    }
  `,
})
export class RunsGroups {
  readonly filter = input.required<RunFilter>();
  readonly knob = input.required<string>();
  /** The metrics of the list, the most common first. */
  readonly metrics = input.required<readonly string[]>();
  readonly projectId = input<string | null>(null);
  /** The value of a group whose runs are wanted. */
  readonly picked = output<string>();
  private readonly api = inject(RunsApi);
  private readonly settings = inject(MetricSettingsStore);
  protected readonly groups = resource({
    params: () => ({ filter: this.filter(), by: `knobs.${this.knob()}` }),
    loader: ({ params }) => this.api.groups(params.filter, params.by),
  });
  private readonly items = computed<readonly RunGroup[]>(() =>
    this.groups.hasValue() ? this.groups.value().items : [],
  );
  protected readonly columns = computed(() =>
    this.metrics()
      .slice(0, MOST_METRICS)
      .map((name) => this.column(name)),
  );
  protected readonly rows = computed(() =>
    this.items().map((group) => ({
      group,
      value: String(group.value),
      runs: runsOf(group),
      differs: group.differs.length > 0 ? `differ in ${group.differs.join(', ')} too` : '',
      cells: this.columns().map(({ name, low, high, best }) => {
        const spread = group.metrics[name]?.last;
        return {
          mean: spread ? shownNumber(spread.mean) : '–',
          best: spread !== undefined && spread.mean === best,
          range: spread ? rangeOf(spread) : '',
          mark: spread && high > low ? markOf(spread, low, high) : null,
        };
      }),
    })),
  );
  protected readonly words = sentence;

  private column(name: string) {
    const spreads = this.items().flatMap(({ metrics }) => metrics[name]?.last ?? []);
    const [low, high] = [
      Math.min(...spreads.map(({ lowest }) => lowest)),
      Math.max(...spreads.map(({ highest }) => highest)),
    ];
    const project = this.projectId();
    const better = (project === null ? undefined : this.settings.direction(project, name)) ?? metricDirection(name);
    const means = spreads.map(({ mean }) => mean);
    const best = better === null ? null : better === 'lower' ? Math.min(...means) : Math.max(...means);
    const [from, to] = spreads.length === 0 ? ['–', '–'] : [shownNumber(low), shownNumber(high)];
    return { name, low, high, best, from, to };
  }
}

const runsOf = ({ runs, seeds, active }: RunGroup): string =>
  [plural(runs, 'run'), plural(seeds, 'seed'), ...(active > 0 ? [`${active} active`] : [])].join(', ');

const rangeOf = ({ n, lowest, highest }: Spread): string =>
  n === 1 ? 'one seed: no range' : `${shownNumber(lowest)} to ${shownNumber(highest)}`;

function markOf({ lowest, mean, highest }: Spread, low: number, high: number): { range: string; mean: string } {
  const at = (value: number): string => (((value - low) / (high - low)) * 100).toFixed(1);
  return { range: `M${at(lowest)} 5H${at(highest)}`, mean: `M${at(mean)} 5h0` };
}
