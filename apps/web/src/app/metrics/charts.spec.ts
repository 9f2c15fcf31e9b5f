import { TestBed } from '@angular/core/testing';
import type { ChartLine } from './chart-data';
import { ChartGroup } from './chart-group';
import { MetricChart } from './metric-chart';
import { best, chartsOf } from './metric-lines';
import { resourceCharts } from './resource-charts';
import { dashOf, SeriesSlots } from './series-slots';
import { sparkPath } from './spark-path';

const line = (label: string, y: number[], slot = 0): ChartLine => ({
  id: label,
  label,
  slot,
  x: y.map((_, i) => i),
  y,
  live: false,
});

describe('the colours of runs', () => {
  beforeEach(() => localStorage.clear());

  it('are the lowest free ones, and stay', () => {
    const slots = new SeriesSlots();
    slots.claim(['a', 'b']);
    slots.claim(['b', 'c']);
    expect(['a', 'b', 'c'].map((run) => slots.of(run))).toEqual([0, 1, 0]);
    slots.claim(['c', 'd', 'b']);
    expect(slots.of('d')).toBe(2);
    const reloaded = new SeriesSlots();
    expect(['b', 'c', 'd'].map((run) => reloaded.of(run))).toEqual([1, 0, 2]);
  });

  it('are dashed past ten', () => {
    expect([0, 9, 10, 20].map((slot) => dashOf(slot).length > 0)).toEqual([false, false, true, true]);
  });
});

describe('lines', () => {
  it('are hidden by a click, and alone by Alt and a click', () => {
    const group = new ChartGroup();
    group.toggle('a', false);
    expect([group.isHidden('a'), group.isHidden('b')]).toEqual([true, false]);
    group.toggle('a', true);
    expect([group.isHidden('a'), group.isHidden('b')]).toEqual([false, true]);
    group.toggle('b', false);
    expect([group.isHidden('a'), group.isHidden('b')]).toEqual([true, false]);
  });

  it('come together by the name of their metric', () => {
    const series = (name: string) => ({
      name,
      axis: 'epoch' as const,
      count: 2,
      x: [1, 2],
      y: [3, 4],
      time: [5_000, 7_000],
    });
    const runs = [
      { id: 'a', label: '#1', slot: 0, live: true, series: [series('loss')] },
      { id: 'b', label: '#2', slot: 1, live: false, series: [series('loss'), series('accuracy')] },
    ];
    const charts = chartsOf(runs, 'step');
    expect(charts.map(({ name, axis, lines }) => [name, axis, lines.map(({ label }) => label)])).toEqual([
      ['loss', 'epoch', ['#1', '#2']],
      ['accuracy', 'epoch', ['#2']],
    ]);
    expect(chartsOf(runs, 'time')[0]).toMatchObject({ axis: 'time', lines: [{ x: [0, 2] }, { x: [0, 2] }] });
    expect(best('loss', charts[0]?.lines ?? [])).toEqual({ value: 3, label: '#1' });
    expect(best('accuracy', charts[1]?.lines ?? [])).toEqual({ value: 4, label: '#2' });
  });
});

describe('resources', () => {
  it('stand by what they are of, the run on the scale of its machine', () => {
    const series = (name: 'cpu' | 'runCpu' | 'runMemory' | 'diskRead', y: number[]) => ({
      name,
      axis: 'seconds' as const,
      x: y.map((_, i) => 2 * i),
      y,
      time: y,
    });
    const charts = resourceCharts(
      {
        attempt: 1,
        capacity: { cpus: 4, memoryBytes: 16e9, gpuMemoryBytes: null },
        series: [series('cpu', [0.5]), series('runCpu', [1, 2]), series('runMemory', [1e9]), series('diskRead', [2e6])],
      },
      true,
    );
    expect(charts.map(({ title, note, ceiling }) => [title, note, ceiling])).toEqual([
      ['CPU', '50 % of 4 cores', 100],
      ['Memory', '1.0 GB of 16 GB', 16e9],
      ['Disk', '2.0 MB/s', null],
    ]);
    expect(charts[0]?.lines.map(({ label, y }) => [label, y])).toEqual([
      ['machine', [50]],
      ['this run', [25, 50]],
    ]);
  });
});

describe('a small curve', () => {
  it('keeps its peak, however many points there are', () => {
    const y = Array.from({ length: 10_000 }, (_, i) => (i === 7_777 ? 100 : 0));
    const path = sparkPath(
      y.map((_, i) => i),
      y,
      100,
      20,
    );
    expect(path).toContain(' 0.0');
    expect(path.length).toBeLessThan(4_000);
    expect(sparkPath([1], [1], 10, 10)).toBe('');
    expect(sparkPath([1, 1], [1, null], 10, 10)).toBe('');
  });
});

describe('MetricChart', () => {
  // jsdom lays nothing out, so that no chart can be seen: nothing is loaded, and the words are there.
  beforeAll(() => {
    window.IntersectionObserver ??= class {
      observe() {}
      disconnect() {}
    } as unknown as typeof IntersectionObserver;
  });

  function show(lines: ChartLine[]) {
    const fixture = TestBed.createComponent(MetricChart);
    const group = new ChartGroup();
    fixture.componentRef.setInput('title', 'loss');
    fixture.componentRef.setInput('axis', 'epoch');
    fixture.componentRef.setInput('lines', lines);
    fixture.componentRef.setInput('group', group);
    fixture.detectChanges();
    return { fixture, group, element: fixture.nativeElement as HTMLElement };
  }

  it('says what it shows', () => {
    const { element, group, fixture } = show([line('#1', [3, 2]), line('#2', [5, 4], 1)]);
    const label = () => element.querySelector('[role=img]')?.getAttribute('aria-label');
    expect(label()).toBe('loss by epoch. #1 2 at epoch 1, from 2 to 3; #2 4 at epoch 1, from 4 to 5.');
    group.toggle('#2', false);
    fixture.detectChanges();
    expect(label()).toBe('loss by epoch. #1 2 at epoch 1, from 2 to 3.');
  });

  it('is a table too', () => {
    const { element, fixture } = show([line('#1', [3, 2]), line('#2', [5], 1)]);
    element.querySelector<HTMLButtonElement>('button[aria-label="Show as table: loss"]')?.click();
    fixture.detectChanges();
    const cells = [...element.querySelectorAll('tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent?.trim()),
    );
    expect(cells).toEqual([
      ['epoch', '#1', '#2'],
      ['0', '3', '5'],
      ['1', '2', ''],
    ]);
  });

  it('hides a line by its legend', () => {
    const { element, group, fixture } = show([line('#1', [3]), line('#2', [5])]);
    const [first] = element.querySelectorAll<HTMLButtonElement>('.legend button');
    first?.click();
    fixture.detectChanges();
    expect([group.isHidden('#1'), first?.getAttribute('aria-pressed')]).toEqual([true, 'false']);
  });
});
