import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { bytes } from '../core/format';
import { sentence } from '../core/problem';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { ScrollScale } from '../output/scroll-scale';
import type { TablePieces } from './table-pieces';

const ROW_PX = 28;
const OVERSCAN = 12;
/** Rows that decide how wide a column is, and how wide it may be. */
const MEASURED_ROWS = 100;
const [CHAR_PX, PAD_PX, NARROWEST_PX, WIDEST_PX] = [7.3, 20, 56, 320];
/** Cells of a row that are drawn. */
const MOST_COLUMNS = 200;

interface Row {
  place: number;
  cells: string[];
}

/** A CSV file as a table. Only what is looked at is fetched and drawn, so that a large one opens at once. */
@Component({
  selector: 'mle-table-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div
      #scroller
      class="scroller scroll"
      role="region"
      tabindex="0"
      [attr.aria-label]="'Table of ' + path()"
      (scroll)="onScroll()"
    >
      <div role="table" class="content" [attr.aria-rowcount]="total()" [style.height.px]="scale().elementPx + rowPx">
        <div role="row" class="row head" [style.grid-template-columns]="columns()">
          @for (cell of head(); track $index) {
            <span role="columnheader" class="cut" [title]="cell">{{ cell }}</span>
          }
        </div>
        @for (row of rows(); track row.place) {
          <div
            role="row"
            class="row"
            [attr.aria-rowindex]="row.place + 2"
            [style.grid-template-columns]="columns()"
            [style.transform]="'translateY(' + (row.place * rowPx + shift()) + 'px)'"
          >
            @for (cell of row.cells; track $index) {
              <span role="cell" class="cut" [title]="cell">{{ cell }}</span>
            }
          </div>
        }
      </div>
    </div>
    <p class="note" [class.failure]="error() !== null" role="status">{{ error() ?? words() }}</p>
  `,
  styleUrl: './table-view.scss',
})
export class TableView {
  readonly path = input.required<string>();
  readonly size = input.required<number>();
  /** Changes with the content. */
  readonly version = input.required<string>();
  private readonly files = inject(FilesStore);
  private readonly api = inject(FilesApi);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly pieces = signal<TablePieces | null>(null);
  /** Rises when a piece has come. */
  private readonly loaded = signal(0);
  private readonly top = signal(0);
  private readonly viewport = signal(0);
  protected readonly error = signal<string | null>(null);
  protected readonly rowPx = ROW_PX;
  protected readonly head = computed(() => (this.loaded(), this.pieces()?.known(0)?.[0] ?? []).slice(0, MOST_COLUMNS));

  /** Where the rows of each piece begin, exact for those that are here. The head is no row. */
  private readonly starts = computed(() => {
    this.loaded();
    const pieces = this.pieces();
    const starts = [0];
    for (let piece = 0; piece < (pieces?.count ?? 0); piece++) {
      const rows = pieces?.known(piece)?.length ?? Math.round(pieces?.rowsPerPiece ?? 0);
      starts.push((starts.at(-1) ?? 0) + Math.max(0, rows - (piece === 0 ? 1 : 0)));
    }
    return starts;
  });
  protected readonly total = computed(() => this.starts().at(-1) ?? 0);
  private readonly exact = computed(() => {
    this.loaded();
    const pieces = this.pieces();
    return pieces !== null && Array.from({ length: pieces.count }, (_, i) => pieces.known(i)).every(Boolean);
  });
  protected readonly scale = computed(() => new ScrollScale(this.total() * ROW_PX, this.viewport()));
  protected readonly shift = computed(() => {
    const scale = this.scale();
    return scale.scaled ? scale.toScroll(this.top()) - this.top() : 0;
  });
  protected readonly rows = computed<Row[]>(() => {
    const [starts, pieces] = [this.starts(), this.pieces()];
    const { first, last } = this.range();
    const rows: Row[] = [];
    for (let piece = this.pieceOf(first); piece < starts.length - 1 && (starts[piece] ?? 0) < last; piece++) {
      const own = pieces?.known(piece)?.slice(piece === 0 ? 1 : 0) ?? [];
      const start = starts[piece] ?? 0;
      own.forEach((cells, i) => {
        const place = start + i;
        if (place >= first && place < last) rows.push({ place, cells: cells.slice(0, MOST_COLUMNS) });
      });
    }
    return rows;
  });
  protected readonly columns = computed(() => {
    this.loaded();
    const measured = (this.pieces()?.known(0) ?? []).slice(0, MEASURED_ROWS);
    return this.head()
      .map((_, column) => Math.max(...measured.map((row) => row[column]?.length ?? 0)))
      .map((chars) => `${Math.min(WIDEST_PX, Math.max(NARROWEST_PX, Math.round(chars * CHAR_PX + PAD_PX)))}px`)
      .join(' ');
  });
  protected readonly words = computed(() => {
    const count = this.total().toLocaleString('en');
    return `${this.exact() ? count : `about ${count}`} rows, ${this.head().length} columns, ${bytes(this.size())}`;
  });

  constructor() {
    effect(() => {
      const [path, size, projectId] = [this.path(), this.size(), this.files.projectId()];
      this.version();
      if (projectId !== null) untracked(() => void this.open(projectId, path, size));
    });
    effect(() => {
      const pieces = this.pieces();
      const { first, last } = this.range();
      const [from, to] = [this.pieceOf(first), this.pieceOf(last)];
      untracked(() => {
        for (let piece = from; pieces && piece <= to; piece++) if (!pieces.known(piece)) void this.load(pieces, piece);
      });
    });
    const observer = new ResizeObserver(() =>
      this.viewport.set(Math.max(0, this.scroller().nativeElement.clientHeight - ROW_PX)),
    );
    effect(() => {
      observer.observe(this.scroller().nativeElement);
    });
    inject(DestroyRef).onDestroy(() => observer.disconnect());
  }

  protected onScroll(): void {
    this.top.set(this.scale().toTop(this.scroller().nativeElement.scrollTop));
  }

  private range(): { first: number; last: number } {
    const first = Math.max(0, Math.floor(this.top() / ROW_PX) - OVERSCAN);
    return { first, last: Math.ceil((this.top() + this.viewport()) / ROW_PX) + OVERSCAN };
  }

  private pieceOf(row: number): number {
    const starts = this.starts();
    let [low, high] = [0, Math.max(0, starts.length - 2)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async open(projectId: string, path: string, size: number): Promise<void> {
    try {
      const { TablePieces } = await import('./table-pieces');
      const pieces = new TablePieces(
        (from, to) => this.api.readRange(projectId, path, from, to),
        size,
        path.toLowerCase().endsWith('.tsv') ? '\t' : '',
      );
      await pieces.load(0);
      this.error.set(null);
      this.pieces.set(pieces);
    } catch (error) {
      this.error.set(sentence(error));
    }
  }

  private async load(pieces: TablePieces, piece: number): Promise<void> {
    try {
      await pieces.load(piece);
      if (pieces === this.pieces()) this.loaded.update((count) => count + 1);
    } catch (error) {
      this.error.set(sentence(error));
    }
  }
}
