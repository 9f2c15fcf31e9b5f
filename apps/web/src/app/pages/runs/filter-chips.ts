import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import type { RunView } from '@mle/protocol';
import { MachinesStore } from '../../machines/machines-store';
import { ProjectsStore } from '../../projects/projects-store';
import { knobOf } from '../../runs/knob-of';
import { Icon } from '../../ui/icon';
import { STATE_FILTERS } from './run-list';
import type { RunsChoice } from './runs-choice';
import { RunsFilter } from './runs-filter';

interface Value {
  label: string;
  change: Partial<RunsChoice>;
}

/** A filter that is set: what it lets through, and the change that takes it away. */
interface Chip {
  what: string;
  value: string;
  without: Partial<RunsChoice>;
}

/** A filter that can be added, with the values to choose from. */
interface Offer {
  what: string;
  values: Value[];
}

/** Of one knob, in its menu. */
const MOST_VALUES = 20;

/** What the list of runs is narrowed to: a chip for each filter that is set, a dashed one for each that can be added. */
@Component({
  selector: 'mle-filter-chips',
  imports: [Icon, MatMenuModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './filter-chips.html',
  styleUrl: './filter-chips.scss',
})
export class FilterChips {
  private readonly projects = inject(ProjectsStore);
  private readonly machines = inject(MachinesStore);
  protected readonly filter = inject(RunsFilter);
  /** Those of the list, whose values are offered. */
  readonly runs = input.required<readonly RunView[]>();
  readonly knobs = input.required<readonly string[]>();
  readonly tags = input.required<readonly string[]>();

  protected readonly chips = computed<Chip[]>(() => {
    const { state, machineId, tag, file, knobs, everywhere } = this.filter.choice();
    const machine = this.machines.list().find(({ id }) => id === machineId)?.name ?? machineId;
    const word = STATE_FILTERS.find(({ value }) => value === state)?.label ?? state;
    const project = this.projects.current()?.name;
    return [
      ...(everywhere || !project ? [] : [{ what: 'Project', value: project, without: { everywhere: true } }]),
      ...(file ? [{ what: 'File', value: file, without: { file: '' } }] : []),
      ...(state ? [{ what: 'State', value: word, without: { state: '' } }] : []),
      ...(machineId ? [{ what: 'Machine', value: machine, without: { machineId: '' } }] : []),
      ...(tag ? [{ what: 'Tag', value: tag, without: { tag: '' } }] : []),
      ...knobs.map(([what, value]) => ({
        what,
        value,
        without: { knobs: knobs.filter(([name]) => name !== what) },
      })),
    ];
  });

  protected readonly offers = computed<Offer[]>(() => {
    const { state, machineId, tag, file, everywhere } = this.filter.choice();
    const project = this.projects.current()?.name;
    const values = (names: readonly string[], change: (name: string) => Partial<RunsChoice>) =>
      names.map((name) => ({ label: name, change: change(name) }));
    const files = [...new Set(this.runs().flatMap((run) => run.file ?? []))].sort();
    const machines = this.machines.list();
    const offers: Offer[] = [
      { what: 'Project', values: everywhere && project ? [{ label: project, change: { everywhere: false } }] : [] },
      { what: 'File', values: !file && files.length > 1 ? values(files, (name) => ({ file: name })) : [] },
      {
        what: 'State',
        values: state ? [] : STATE_FILTERS.map(({ value, label }) => ({ label, change: { state: value } })),
      },
      {
        what: 'Machine',
        values:
          machineId || machines.length < 2
            ? []
            : machines.map(({ id, name }) => ({ label: name, change: { machineId: id } })),
      },
      { what: 'Tag', values: tag ? [] : values(this.tags(), (name) => ({ tag: name })) },
    ];
    return offers.filter((offer) => offer.values.length > 0);
  });

  /** One of each knob that tells the runs apart and is not chosen yet. */
  protected readonly knobOffers = computed<Offer[]>(() => {
    const chosen = this.filter.choice().knobs;
    return this.knobs()
      .filter((name) => !chosen.some(([other]) => other === name))
      .map((what) => {
        const found = new Set(this.runs().map((run) => knobOf(run, what)));
        const some = [...found].filter((value) => value !== undefined).sort(byValue);
        const narrowed = (value: string): Partial<RunsChoice> => ({ knobs: [...chosen, [what, value]] });
        return {
          what,
          values: some
            .slice(0, MOST_VALUES)
            .map(String)
            .map((label) => ({ label, change: narrowed(label) })),
        };
      })
      .filter(({ values }) => values.length > 0);
  });
}

const byValue = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
