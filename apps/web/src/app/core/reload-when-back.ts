import { effect, inject, type ResourceRef, untracked } from '@angular/core';
import { EventsSocket } from './events-socket';

/** What could not be loaded while the server was away is loaded when it is back. Called where injection works. */
export function reloadWhenBack(loaded: ResourceRef<unknown>): void {
  const events = inject(EventsSocket);
  effect(() => {
    events.epoch();
    untracked(() => loaded.error() && loaded.reload());
  });
}
