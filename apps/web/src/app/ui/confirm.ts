import type { MatDialog } from '@angular/material/dialog';
import type { Confirmation } from './confirm-dialog';

/** Asks before what cannot be undone; the dialog is loaded when it is needed first. */
export async function confirm(dialog: MatDialog, data: Confirmation): Promise<void> {
  const { ConfirmDialog } = await import('./confirm-dialog');
  dialog.open(ConfirmDialog, {
    ariaLabel: data.title,
    autoFocus: '[cdkFocusInitial]',
    restoreFocus: true,
    data,
  });
}
