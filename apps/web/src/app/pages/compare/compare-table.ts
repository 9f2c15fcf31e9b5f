import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { plural } from '../../core/format';
import { MetricSettingsStore } from '../../metrics/metric-settings-store';
import { colourOf, COLOURS, SeriesSlots } from '../../metrics/series-slots';
import { type ComparedRow, differsSomewhere, outcomeRows, settingRows } from './compared-rows';

/** What was asked of runs and what became of them, a column for each; rows without a difference are folded. */
@Component({
  selector: 'mle-compare-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <table class="data-table">
      <thead>
        <tr>
          <th scope="col">Differs from #{{ runs()[0]?.number }} where marked</th>
          @for (run of heads(); track run.id) {
            <th scope="col" class="num">
              <i class="swatch" [class.dash]="run.dash" [style.--line]="run.colour"></i
              ><span class="mono">#{{ run.number }}</span>
            </th>
          }
        </tr>
      </thead>
      @for (section of sections(); track section.title) {
        <tbody>
          <tr class="section">
            <th scope="rowgroup" [attr.colspan]="runs().length + 1">{{ section.title }}</th>
          </tr>
          @for (row of section.rows; track row.name) {
            <tr>
              <th scope="row" class="mono name">{{ row.name }}</th>
              @for (cell of row.cells; track $index) {
                <td class="num" [title]="cell.text" [class.differs]="section.marked && cell.differs">
                  @if (section.marked && cell.differs) {
                    <span class="mark" aria-label="differs">≠</span>
                  }
                  <span class="mono">{{ cell.text }}</span>
                  @if (cell.delta) {
                    <span class="mono delta" [class]="cell.tone">{{ cell.delta }}</span>
                  }
                </td>
              }
            </tr>
          }
          @if (section.same) {
            <tr>
              <td class="same muted" [attr.colspan]="runs().length + 1">{{ section.same }}</td>
            </tr>
          }
        </tbody>
      }
    </table>
  `,
  styles: `
    :host {
      display: block;
    }
    thead th {
      z-index: 2;
    }
    .section th {
      position: static;
      background: var(--canvas);
      color: var(--text);
    }
    td,
    .name {
      height: 30px;
    }
    .name {
      font: var(--code-12);
      position: sticky;
      left: 0;
      max-width: 200px;
      color: var(--text);
      overflow: hidden;
      text-overflow: ellipsis;
    }
    td {
      max-width: 190px;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .differs {
      background: var(--warning-soft);
    }
    .mark {
      margin-right: 4px;
      color: var(--warning);
    }
    .delta {
      margin-left: 8px;
      color: var(--text-muted);
      &.good {
        color: var(--success);
      }
      &.bad {
        color: var(--danger);
      }
    }
    td.same {
      max-width: none;
      white-space: normal;
      font: var(--text-12);
    }
    .swatch {
      display: inline-block;
      width: 14px;
      height: 3px;
      margin: 0 6px 3px 0;
      border-radius: 2px;
      background: var(--line);
      &.dash {
        background: repeating-linear-gradient(90deg, var(--line) 0 5px, transparent 5px 8px);
      }
    }
  `,
})
export class CompareTable {
  readonly runs = input.required<readonly RunView[]>();
  /** Rows without a difference too. */
  readonly all = input(false);
  /** What differs in the code, for each run. */
  readonly code = input.required<ComparedRow>();
  private readonly slots = inject(SeriesSlots);
  private readonly settings = inject(MetricSettingsStore);
  protected readonly heads = computed(() =>
    this.runs().map(({ id, number }) => {
      const slot = this.slots.of(id);
      return { id, number, colour: `var(${colourOf(slot)})`, dash: slot >= COLOURS };
    }),
  );
  protected readonly sections = computed(() => {
    const runs = this.runs();
    const projectId = runs[0]?.projectId ?? '';
    const direction = (name: string) => this.settings.direction(projectId, name) ?? metricDirection(name);
    return [
      { marked: true, ...this.section('Parameters', [...settingRows(runs), this.code()], 'parameter') },
      // Hardly two numbers are the same: a mark on each would tell nothing.
      { marked: false, ...this.section('Outcome', outcomeRows(runs, direction), 'value') },
    ];
  });

  private section(title: string, rows: readonly ComparedRow[], one: string) {
    const same = rows.filter((row) => !differsSomewhere(row)).map(({ name }) => name);
    if (this.all() || same.length === 0) return { title, rows, same: '' };
    const words = `${plural(same.length, one)} ${same.length === 1 ? 'is' : 'are'} the same: ${same.join(', ')}`;
    return { title, rows: rows.filter(differsSomewhere), same: words };
  }
}
