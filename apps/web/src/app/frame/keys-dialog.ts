import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import { Icon } from '../ui/icon';
import { KeyList } from './key-list';

/** What `?` shows. */
@Component({
  selector: 'mle-keys-dialog',
  imports: [Icon, KeyList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="dialog-form wide">
      <header>
        <h1>Keys</h1>
        <button type="button" class="ib" cdkFocusInitial aria-label="Close" (click)="ref.close()">
          <mle-icon name="x" />
        </button>
      </header>
      <div class="body">
        <mle-key-list />
        <p class="hint">On a Mac, Ctrl is ⌘. Single letters rest while you type.</p>
      </div>
    </div>
  `,
  styles: `
    .wide {
      width: 760px;
    }
  `,
})
export class KeysDialog {
  protected readonly ref = inject<MatDialogRef<KeysDialog>>(MatDialogRef);
}
