import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { AttemptView, RunView } from '@mle/protocol';
import { shownChange } from '@mle/protocol/shown-change';
import { bytes, duration, timeOfDay } from '../core/format';
import { isActive } from '../core/protocol-values';
import { StateChip } from '../ui/state-chip';
import { runTitle } from './run-words';

interface Fact {
  name: string;
  value: string;
  mono: boolean;
}

/** All that the run was asked to do, what differs from the run before, and how each attempt went. */
@Component({
  selector: 'mle-run-parameters',
  imports: [RouterLink, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section>
      <h2>Parameters</h2>
      @if (params().length > 0) {
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">{{ run().before ? 'In #' + run().before?.number : '' }}</th>
            </tr>
          </thead>
          <tbody>
            @for (param of params(); track param.name) {
              <tr [class.changed]="param.changed">
                <td class="mono">{{ param.name }}</td>
                <td class="mono">{{ param.value }}</td>
                <td class="mono muted">{{ param.was }}</td>
              </tr>
            }
          </tbody>
        </table>
      } @else {
        <p class="muted">
          This run has no parameters of its own. Set some under Run options on the Code page: the program finds each as
          <code>MLE_PARAM_NAME</code>, and all of them as JSON in <code>MLE_PARAMS</code>.
        </p>
      }
    </section>
    @if (run().before; as other) {
      <section>
        <h2>
          Changed since <a [routerLink]="['/runs', other.id]">#{{ other.number }}</a>
        </h2>
        @for (change of changes(); track change.name) {
          <p>
            <span class="muted what">{{ change.name }}</span>
            @if (change.was !== null) {
              <span class="mono">{{ change.was }}</span> →
            }
            <b class="mono">{{ change.now }}</b>
          </p>
        } @empty {
          <p class="muted">Nothing: the same code, parameters, arguments and seed.</p>
        }
      </section>
    }
    <section>
      <h2>Asked for</h2>
      <dl>
        @for (fact of facts(); track fact.name) {
          <div>
            <dt>{{ fact.name }}</dt>
            <dd [class.mono]="fact.mono">{{ fact.value }}</dd>
          </div>
        }
      </dl>
    </section>
    <section>
      <h2>Attempts</h2>
      <div class="scroll" role="region" aria-label="Table of the attempts" tabindex="0">
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">Attempt</th>
              <th scope="col">State</th>
              <th scope="col">Machine</th>
              <th scope="col">Started</th>
              <th scope="col" class="num">Time</th>
              <th scope="col">Outcome</th>
              <th scope="col" class="num">Output</th>
            </tr>
          </thead>
          <tbody>
            @for (attempt of run().attempts; track attempt.n) {
              <tr>
                <td>{{ attempt.n }}</td>
                <td><mle-state-chip [state]="attempt.state" /></td>
                <td>{{ attempt.machineName ?? '–' }}</td>
                <td>{{ started(attempt) }}</td>
                <td class="num">{{ time(attempt) }}</td>
                <td>{{ end(attempt) }}</td>
                <td class="num">{{ bytes(attempt.outputBytes) }}</td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    </section>
  `,
  styles: `
    :host {
      display: block;
      overflow: auto;
      padding: 8px 16px 24px 44px;
    }
    section {
      max-width: 960px;
      padding: 12px 0;
    }
    h2 {
      padding-bottom: 8px;
    }
    h2 a {
      text-decoration: underline;
      text-underline-offset: 2px;
    }
    section p {
      padding: 2px 0;
      max-width: 72ch;
    }
    .what {
      margin-right: 1ch;
    }
    .changed td {
      background: var(--accent-soft);
    }
    dl {
      display: grid;
      gap: 4px;
    }
    dl div {
      display: grid;
      grid-template-columns: 180px minmax(0, 1fr);
      gap: 8px;
    }
    dt {
      color: var(--text-muted);
    }
    dd {
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    @media (max-width: 719px) {
      :host {
        padding-left: 16px;
      }
      dl div {
        grid-template-columns: 110px minmax(0, 1fr);
      }
    }
  `,
})
export class RunParameters {
  readonly run = input.required<RunView>();
  protected readonly bytes = bytes;
  protected readonly changes = computed(() => this.run().changes.map(shownChange));
  protected readonly params = computed(() => {
    const { params, before, changes } = this.run();
    const changed = new Map(
      changes.filter(({ kind }) => kind === 'param').map((one) => [one.name, shownChange(one).was]),
    );
    return Object.entries(params).map(([name, value]) => ({
      name,
      value: String(value),
      was: before ? (changed.get(name) ?? String(value)) : '',
      changed: changed.has(name),
    }));
  });
  protected readonly facts = computed(() => factsOf(this.run()));

  protected started(attempt: AttemptView): string {
    return attempt.startedAt ? timeOfDay(attempt.startedAt, true) : '–';
  }

  protected time({ startedAt, finishedAt }: AttemptView): string {
    return startedAt && finishedAt ? duration(Date.parse(finishedAt) - Date.parse(startedAt)) : '–';
  }

  protected end({ state, exitCode, signal, reason }: AttemptView): string {
    if (isActive(state)) return '';
    return [exitCode !== null ? `exit ${exitCode}` : signal, reason].filter(Boolean).join(', ');
  }
}

function factsOf(run: RunView): Fact[] {
  const facts: (Fact | null)[] = [
    { name: run.file ? 'File' : 'Command', value: runTitle(run), mono: true },
    run.args.length > 0 ? { name: 'Arguments', value: run.args.join(' '), mono: true } : null,
    { name: 'Seed', value: String(run.seed), mono: true },
    Object.keys(run.env).length > 0
      ? {
          name: 'Environment',
          value: Object.entries(run.env)
            .map(([name, value]) => `${name}=${value}`)
            .join('\n'),
          mono: true,
        }
      : null,
    run.needs ? { name: 'Needs', value: needsOf(run.needs), mono: false } : null,
    { name: 'Priority', value: String(run.priority), mono: false },
    {
      name: 'Time limit',
      value: run.timeoutSeconds === null ? 'none' : duration(run.timeoutSeconds * 1000),
      mono: false,
    },
    {
      name: 'Retries',
      value: run.retry
        ? `${run.retry.max} ${run.retry.on === 'loss' ? 'when its machine is lost' : 'when it fails or its machine is lost'}`
        : 'none',
      mono: false,
    },
    {
      name: 'Workspace',
      value: run.clean ? 'clean: without files of earlier runs' : 'with the files that earlier runs left',
      mono: false,
    },
    { name: 'Snapshot', value: run.snapshotId.slice(0, 12), mono: true },
  ];
  return facts.filter((fact) => fact !== null);
}

function needsOf({ labels, gpus, gpuMemoryBytes }: NonNullable<RunView['needs']>): string {
  const parts = [
    gpus ? `${gpus} GPU` : '',
    gpuMemoryBytes ? `${bytes(gpuMemoryBytes)} of GPU memory` : '',
    ...(labels ?? []),
  ];
  return parts.filter(Boolean).join(', ');
}
