import { CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { Icon } from '../../ui/icon';

export interface GraphRunRow {
  id: string;
  number: number;
  title: string;
  where: string;
  value: string;
  colour: string;
  dash: boolean;
  drawn: boolean;
  hidden: boolean;
  pinned: boolean;
  alone: boolean;
}

/** Rows from the end at which the next page is asked for. */
const AHEAD = 20;

/** The runs that can be drawn; of very many only those in sight have elements. */
@Component({
  selector: 'mle-graph-run-list',
  imports: [CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './graph-run-list.html',
  styleUrl: './graph-run-list.scss',
})
export class GraphRunList {
  readonly rows = input.required<readonly GraphRunRow[]>();
  /** No further run can be drawn. */
  readonly full = input(false);
  /** From the run that was ticked last to this one, where Shift is held. */
  readonly ticked = output<string[]>();
  readonly hiding = output<{ id: string; alone: boolean }>();
  readonly pinning = output<string>();
  readonly nearEnd = output();
  protected readonly idOf = (_: number, row: GraphRunRow): string => row.id;
  private last: string | null = null;

  protected tick(row: GraphRunRow, { shiftKey }: MouseEvent): void {
    const ids = this.rows().map(({ id }) => id);
    const [from, to] = [ids.indexOf(this.last ?? ''), ids.indexOf(row.id)];
    const range = shiftKey && from >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [row.id];
    this.last = row.id;
    this.ticked.emit(range);
  }

  protected onIndex(first: number, viewport: CdkVirtualScrollViewport): void {
    const shown = viewport.getRenderedRange().end;
    if (Math.max(first, shown) >= this.rows().length - AHEAD) this.nearEnd.emit();
  }
}
