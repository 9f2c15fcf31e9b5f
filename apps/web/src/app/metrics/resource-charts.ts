import type { ResourceList, ResourceName } from '@mle/protocol';
import { shownNumber } from '@mle/protocol/shown-number';
import { bytes } from '../core/format';
import type { ChartLine } from './chart-data';

interface ResourceChart {
  title: string;
  note: string;
  lines: ChartLine[];
  ceiling: number | null;
  formatY: (value: number) => string;
  formatValue: (value: number | null) => string;
}

type Series = ResourceList['series'][number];

/** What stands in one chart: the machine, and of it the run. */
const CHARTS: { title: string; names: ResourceName[]; unit: 'percent' | 'bytes' | 'rate' }[] = [
  { title: 'CPU', names: ['cpu', 'runCpu'], unit: 'percent' },
  { title: 'Memory', names: ['memory', 'runMemory'], unit: 'bytes' },
  { title: 'GPU', names: ['gpu'], unit: 'percent' },
  { title: 'GPU memory', names: ['gpuMemory'], unit: 'bytes' },
  { title: 'Disk', names: ['diskRead', 'diskWritten'], unit: 'rate' },
  { title: 'Network', names: ['networkReceived', 'networkSent'], unit: 'rate' },
];

const LABELS: Record<ResourceName, string> = {
  cpu: 'machine',
  runCpu: 'this run',
  memory: 'machine',
  runMemory: 'this run',
  gpu: 'machine',
  gpuMemory: 'machine',
  diskRead: 'read',
  diskWritten: 'written',
  networkReceived: 'received',
  networkSent: 'sent',
};

const percent = (value: number): string => `${Math.round(value)} %`;
const orNothing =
  (format: (value: number) => string) =>
  (value: number | null): string =>
    value === null ? 'unknown' : format(value);

export function resourceCharts({ series, capacity }: ResourceList, live: boolean): ResourceChart[] {
  const byName = new Map(series.map((one) => [one.name, one]));
  return CHARTS.flatMap(({ title, names, unit }) => {
    const found = names.flatMap((name) => byName.get(name) ?? []);
    if (found.length === 0) return [];
    const lines = found.map((one) => ({
      id: one.name,
      label: LABELS[one.name],
      slot: names.indexOf(one.name) === 0 && names.length > 1 ? 9 : 0,
      live,
      x: one.x,
      y: scaled(one, capacity.cpus),
    }));
    const format = unit === 'percent' ? percent : unit === 'bytes' ? bytes : (value: number) => `${bytes(value)}/s`;
    const ceiling =
      unit === 'percent'
        ? 100
        : title === 'Memory'
          ? capacity.memoryBytes
          : title === 'GPU memory'
            ? capacity.gpuMemoryBytes
            : null;
    return [
      {
        title,
        note: note(title, lines, format, capacity),
        lines,
        ceiling,
        formatY: format,
        formatValue: orNothing(format),
      },
    ];
  });
}

/** Cores as a part of the machine, so that the run and its machine have one scale. */
function scaled({ name, y }: Series, cpus: number | null): (number | null)[] {
  const factor = name === 'runCpu' ? 100 / (cpus ?? 1) : name === 'cpu' || name === 'gpu' ? 100 : 1;
  return y.map((value) => (value === null ? null : value * factor));
}

function note(
  title: string,
  lines: readonly ChartLine[],
  format: (value: number) => string,
  { cpus, memoryBytes, gpuMemoryBytes }: ResourceList['capacity'],
): string {
  const last = lines.at(-1)?.y.at(-1);
  if (last === null || last === undefined) return '';
  const whole =
    title === 'CPU'
      ? cpus === null
        ? null
        : `${shownNumber(cpus)} cores`
      : title === 'Memory'
        ? memoryBytes && bytes(memoryBytes)
        : title === 'GPU memory'
          ? gpuMemoryBytes && bytes(gpuMemoryBytes)
          : null;
  return whole ? `${format(last)} of ${whole}` : format(last);
}
