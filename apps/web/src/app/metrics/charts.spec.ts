import { TestBed } from '@angular/core/testing';
import { metricDirection } from '@mle/protocol/metric-direction';
import type { ChartLine } from './chart-data';
import { ChartGroup } from './chart-group';
import { MetricChart } from './metric-chart';
import { best, chartsOf } from './metric-lines';
import { resourceCharts } from './resource-charts';
import { COLOURS, dashOf, SeriesSlots } from './series-slots';

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

  const of = (slots: SeriesSlots, ...runs: string[]) => runs.map((run) => slots.of(run));

  it('are the lowest free ones, and stay', () => {
    const slots = new SeriesSlots();
    slots.claim(['a', 'b']);
    slots.claim(['b', 'c']);
    slots.claim(['c', 'd', 'b']);
    expect(of(slots, 'a', 'b', 'c', 'd')).toEqual([0, 1, 2, 3]);
    expect(of(new SeriesSlots(), 'a', 'b', 'c', 'd')).toEqual([0, 1, 2, 3]);
  });

  it('tell runs apart that were drawn alone before they are drawn together', () => {
    const slots = new SeriesSlots();
    for (const run of ['a', 'b', 'c']) slots.claim([run]);
    const alone = of(slots, 'a', 'b', 'c');
    slots.claim(['a', 'b']);
    slots.claim(['a', 'b', 'c']);
    expect(of(slots, 'a', 'b', 'c')).toEqual(alone);
    expect(new Set(alone).size).toBe(3);
  });

  it('tell runs apart that an earlier version gave one colour, the one drawn last keeps it', () => {
    localStorage.setItem('mle.series', JSON.stringify(['a', 'b', 'c'].map((run) => [run, 0])));
    const slots = new SeriesSlots();
    slots.claim(['b']);
    slots.claim(['a', 'b', 'c']);
    expect(slots.of('b')).toBe(0);
    expect(new Set(of(slots, 'a', 'b', 'c')).size).toBe(3);
  });

  it('tell any runs apart that are drawn together, and change of none that is drawn', () => {
    const slots = new SeriesSlots();
    let drawn: string[] = [];
    // Any order will do that is the same in each try.
    for (let i = 0, random = 1; i < 2_000; i++) {
      random = (random * 48_271) % 2_147_483_647;
      const run = `run ${random % 40}`;
      const before = drawn.map((one) => [one, slots.of(one)] as const);
      drawn = drawn.includes(run) ? drawn.filter((one) => one !== run) : [...drawn, run].slice(-20);
      if (random % 7 === 0) drawn = [run];
      slots.claim(drawn);
      expect(new Set(of(slots, ...drawn)).size).toBe(drawn.length);
      for (const [one, slot] of before) if (drawn.includes(one)) expect(slots.of(one)).toBe(slot);
      if (drawn.length <= COLOURS) expect(Math.max(0, ...of(slots, ...drawn))).toBeLessThan(20);
    }
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
    expect(best('lower', charts[0]?.lines ?? [])).toEqual({ value: 3, label: '#1' });
    expect(best('higher', charts[1]?.lines ?? [])).toEqual({ value: 4, label: '#2' });
  });

  it.each(['loss', 'logloss', 'trainLoss', 'valLoss', 'val_loss', 'crossentropy', 'mape', 'bce', 'fid', 'RMSE'])(
    'have the least %s as their best',
    (name) =>
      expect(best(metricDirection(name), [line('#1', [3, 2]), line('#2', [5, 4])])).toEqual({ value: 2, label: '#1' }),
  );

  it.each(['x', 'lr', 'seconds', 'glossary', 'loss improvement', 'grad_norm'])('have no best of %s', (name) =>
    expect(best(metricDirection(name), [line('#1', [3, 2])])).toBeNull(),
  );
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
