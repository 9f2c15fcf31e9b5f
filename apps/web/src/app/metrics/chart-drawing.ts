import uPlot from 'uplot';
import { stepsOf } from './axis-steps';
import { bandRange, drawBand } from './chart-bands';
import { type ChartLine, lonePoints, rowsOf, seconds, smooth, sorted, unitOf } from './chart-data';
import { drawEnds, endingWidth, type LineEnd } from './chart-ends';
import { nearestPoint, type PickedPoint } from './chart-pick';
import { colourOfLine, dashOf } from './series-slots';

/** What a chart shows now. */
export interface Picture {
  lines: readonly ChartLine[];
  hidden: readonly boolean[];
  smoothing: number;
  log: boolean;
  zoom: readonly [number, number] | null;
  /** Fixed ends of the y axis, such as 0 for what cannot be less. */
  floor: number | null;
  ceiling: number | null;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
}

export interface CursorPlace {
  x: number;
  /** In the chart, in CSS pixels. */
  left: number;
  /** Of the plot that the pointer is over. */
  width: number;
}

export interface Listeners {
  onZoom: (range: [number, number] | null) => void;
  /** Null when the pointer is not over this chart. */
  onCursor: (place: CursorPlace | null) => void;
  /** A point of a line was chosen. */
  onPick: (point: PickedPoint) => void;
}

const GHOST = 0.28;
/** A value between gaps is a dot of this size. */
const LONE_PX = 4;
const DRAG_PX = 5;
const HELD_DASH = [4, 3];
/** More lines than this repeat colours and dashes, and are drawn thin and whole: that takes a fraction of the time. */
const MANY_LINES = 60;
/** In units of the axis: what is beyond it belongs to a line that is hidden. */
const LARGEST = 1e30;
/** One uPlot. The only module that loads it: it comes when the first chart can be seen. */
export class ChartDrawing {
  private plot: uPlot | null = null;
  private shape = '';
  private inside = false;
  /** Of the y axis. */
  private unit = 1;
  private ends: LineEnd[] = [];
  /** Each x is a whole number. */
  private whole = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly syncKey: string,
    private picture: Picture,
    private readonly listeners: Listeners,
  ) {
    this.draw(picture);
  }

  draw(picture: Picture): void {
    this.picture = picture;
    const shape = JSON.stringify([
      picture.log,
      picture.formatX === seconds,
      picture.smoothing > 0,
      picture.lines.map(({ id, slot, before, held, ending, token }) => [id, slot, before, held, ending, token]),
      picture.hidden,
    ]);
    const data = this.data();
    if (this.plot && shape === this.shape) {
      this.plot.setData(data);
      return;
    }
    this.shape = shape;
    this.build(data);
  }

  resize(): void {
    this.plot?.setSize(this.size());
  }

  /** The colours of the page have changed. */
  restyle(): void {
    this.build(this.data());
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private data(): uPlot.AlignedData {
    const { lines, smoothing, log, hidden } = this.picture;
    const read = lines.map(sorted);
    const unit = (this.unit = unitOf(read.filter((_, i) => !hidden[i]).map(({ y }) => y)));
    const drawable = (value: number | null): number | null => {
      const drawn = value === null ? null : Math.max(-LARGEST, Math.min(LARGEST, value / unit));
      return log && drawn !== null && drawn <= 0 ? null : drawn;
    };
    const ordered = read.map(({ x, y }) => ({ x, y: y.map(drawable) }));
    const smoothed = ordered.map(({ x, y }) => ({ x, y: smooth(y, smoothing) }));
    const drawn = smoothing > 0 ? ordered.flatMap((line, i) => [line, smoothed[i] ?? line]) : ordered;
    const step = smoothing > 0 ? 2 : 1;
    this.ends = smoothed.flatMap(({ x, y }, i) => {
      const last = y.findLastIndex((value) => value !== null);
      return last < 0 || this.picture.hidden[i]
        ? []
        : [
            {
              x: x[last] ?? 0,
              y: y[last] ?? 0,
              column: i * step + step,
              live: lines[i]?.live ?? false,
              before: lines[i]?.before ?? false,
              ending: lines[i]?.ending ?? '',
            },
          ];
    });
    const { x, columns } = rowsOf(drawn);
    this.whole = x.every(Number.isInteger);
    return [x, ...columns] as uPlot.AlignedData;
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(80, this.host.clientWidth), height: Math.max(60, this.host.clientHeight) };
  }

  private build(data: uPlot.AlignedData): void {
    this.plot?.destroy();
    this.plot = new uPlot({ ...this.size(), ...this.options() }, data, this.host);
    const { plot } = this;
    const { over } = plot;
    over.addEventListener('mouseenter', () => (this.inside = true));
    over.addEventListener('mouseleave', () => {
      this.inside = false;
      this.listeners.onCursor(null);
    });
    let pressed = 0;
    over.addEventListener('mousedown', ({ clientX }) => (pressed = clientX));
    over.addEventListener('click', ({ clientX }) => {
      // The end of a drag is a click too.
      if (Math.abs(clientX - pressed) < DRAG_PX) this.pick(plot);
    });
  }

  private pick(plot: uPlot): void {
    const step = this.picture.smoothing > 0 ? 2 : 1;
    // The raw line of each: what was printed.
    const columns = this.picture.lines.map((_, i) => (this.picture.hidden[i] ? null : i * step + 1));
    const point = nearestPoint(plot, columns, this.unit);
    if (point) this.listeners.onPick(point);
  }

  private options(): Omit<uPlot.Options, 'width' | 'height'> {
    const style = getComputedStyle(this.host);
    const token = (name: string): string => style.getPropertyValue(name).trim();
    const font = `11px ${style.fontFamily}`;
    const axis: uPlot.Axis = { font, stroke: token('--text-faint'), ticks: { show: false } };
    const grid = { stroke: token('--grid'), width: 1 };
    return {
      legend: { show: false },
      padding: [8, endingWidth(this.picture.lines), 0, 0],
      series: [{}, ...this.series(token)],
      scales: {
        x: { time: false, range: (_plot, low, high) => this.rangeX(low, high) },
        y: { distr: this.picture.log ? 3 : 1, range: (_plot, low, high) => this.rangeY(low, high) },
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 4,
          space: 56,
          incrs: () => stepsOf(this.picture.formatX === seconds, this.whole),
          grid: { show: false },
          border: { show: true, stroke: token('--axis'), width: 1 },
          values: (_plot, splits) => splits.map((value) => this.picture.formatX(value)),
        },
        {
          ...axis,
          size: (_plot, values) => labelWidth(values),
          gap: 6,
          space: 40,
          grid,
          values: (_plot, splits) =>
            splits.map((value) => (value === null ? '' : this.picture.formatY(value * this.unit))),
        },
      ],
      cursor: {
        y: false,
        points: {
          size: 8,
          width: 1.5,
          fill: () => token('--surface'),
          stroke: (plot, i) => this.stroke(plot, i),
          show: this.cursorPoint(),
        },
        dataIdx: (plot, series, index) => nearest(plot.data[series], index),
        drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
        sync: {
          key: this.syncKey,
          setSeries: false,
          scales: ['x', null],
          filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
        },
        bind: {
          dblclick: () => () => {
            this.listeners.onZoom(null);
            return null;
          },
        },
      },
      hooks: {
        setCursor: [(plot) => this.tellCursor(plot)],
        setSelect: [(plot) => this.tellZoom(plot)],
        drawAxes: [(plot) => this.drawBands(plot)],
        draw: [
          (plot) =>
            drawEnds(plot, this.ends, (column) => this.stroke(plot, column), {
              fontFamily: style.fontFamily,
              muted: token('--text-muted'),
            }),
        ],
      },
    };
  }

  private series(token: (name: string) => string): uPlot.Series[] {
    const many = this.picture.lines.length > MANY_LINES;
    return this.picture.lines.flatMap(({ slot, before = false, held = false, token: own }, i) => {
      const colour = token(colourOfLine({ slot, before, token: own }));
      const line: uPlot.Series = {
        show: !this.picture.hidden[i],
        stroke: colour,
        width: many ? 1 : before ? 1.1 : 1.6,
        dash: held ? HELD_DASH : many || before || own !== undefined ? [] : dashOf(slot),
        points: {
          show: false,
          filter: (plot, index) => lonePoints(plot.data[index] ?? []),
          size: LONE_PX,
          width: 0,
          fill: colour,
        },
      };
      return this.picture.smoothing > 0 ? [{ ...line, width: 1, dash: [], alpha: GHOST }, line] : [line];
    });
  }

  private drawBands(plot: uPlot): void {
    const step = this.picture.smoothing > 0 ? 2 : 1;
    this.picture.lines.forEach((line, i) => {
      if (!this.picture.hidden[i]) drawBand(plot, line, this.unit, this.stroke(plot, i * step + step));
    });
  }

  private stroke(plot: uPlot, i: number): string {
    const stroke = plot.series[i]?.stroke;
    return typeof stroke === 'function' ? (stroke as (plot: uPlot, i: number) => string)(plot, i) : (stroke as string);
  }

  /** The faint lines have no points of their own at the cursor. */
  private cursorPoint(): uPlot.Cursor.Points.Show {
    const ghosts = this.picture.smoothing > 0;
    return (plot, i) => {
      const point = document.createElement('div');
      point.className = ghosts && i % 2 === 1 ? 'u-cursor-pt ghost' : 'u-cursor-pt';
      point.style.setProperty('--line', this.stroke(plot, i));
      return point;
    };
  }

  private rangeX(low: number | null, high: number | null): [number, number] {
    const { zoom } = this.picture;
    if (zoom) return [...zoom];
    if (low === null || high === null) return [0, 1];
    return low === high ? [low - 1, high + 1] : [low, high];
  }

  private rangeY(low: number | null, high: number | null): [number, number] {
    const { floor, ceiling, log } = this.picture;
    if (low === null || high === null) return log ? [0.1, 1] : [floor ?? 0, ceiling ?? 1];
    if (log) return uPlot.rangeLog(low, high, 10, false) as [number, number];
    const [least, most] = bandRange(this.picture, this.unit, low, high);
    const [from, to] = uPlot.rangeNum(least, most, 0.08, true);
    const end = (fixed: number | null): number | null => (fixed === null ? null : fixed / this.unit);
    return [end(floor) ?? from ?? low, end(ceiling) ?? to ?? high];
  }

  private tellCursor(plot: uPlot): void {
    const { left = -1, idx } = plot.cursor;
    const x = idx === null || idx === undefined ? undefined : plot.data[0][idx];
    const offset = plot.over.offsetLeft;
    this.listeners.onCursor(
      this.inside && left >= 0 && x !== undefined
        ? { x, left: offset + left, width: offset + plot.over.clientWidth }
        : null,
    );
  }

  private tellZoom(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < DRAG_PX) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.listeners.onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]);
  }
}

/** The row nearest to the cursor in which this line has a value. */
function nearest(column: ArrayLike<number | null | undefined> | undefined, index: number): number {
  if (!column) return index;
  for (let away = 0; away < column.length; away++) {
    if (typeof column[index - away] === 'number') return index - away;
    if (typeof column[index + away] === 'number') return index + away;
    if (index - away < 0 && index + away >= column.length) break;
  }
  return index;
}

/** Room for the longest label: digits of the 11 px font are about 6.4 px wide. */
const labelWidth = (values: string[] | null): number =>
  Math.max(34, 12 + 6.4 * Math.max(0, ...(values ?? []).map(({ length }) => length)));
