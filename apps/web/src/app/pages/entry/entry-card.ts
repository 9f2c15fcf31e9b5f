import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  ViewEncapsulation,
} from '@angular/core';
import { OfflineBanner } from '../../frame/offline-banner';
import { BrandMark } from '../../ui/brand-mark';

/** The sheet of the pages before the login; its first field has the focus. */
@Component({
  selector: 'mle-entry-card',
  imports: [BrandMark, OfflineBanner],
  changeDetection: ChangeDetectionStrategy.OnPush,
  // The form is projected: its parts take the sheet's style too.
  encapsulation: ViewEncapsulation.None,
  template: `
    <mle-offline-banner />
    <main>
      <div class="sheet">
        <p class="brand"><mle-brand-mark />ML Experimenter</p>
        <ng-content />
      </div>
    </main>
  `,
  styles: `
    mle-entry-card {
      display: flex;
      flex-direction: column;
      height: 100%;
      overflow: auto;
      main {
        display: grid;
        grid-template-columns: minmax(0, 380px);
        place-content: center;
        flex: 1;
        padding: var(--space-4);
      }
      .sheet {
        min-width: 0;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 10px;
        font: var(--text-15);
        font-weight: var(--weight-strong);
      }
      .brand mle-brand-mark {
        width: 28px;
        height: 28px;
      }
      form {
        display: grid;
        gap: var(--space-4);
        padding: var(--space-6);
      }
      h1 {
        font: var(--text-20);
        font-weight: var(--weight-strong);
      }
    }
  `,
})
export class EntryCard {
  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => host.querySelector('input')?.focus());
  }
}
