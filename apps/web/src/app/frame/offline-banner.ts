import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Clock } from '../core/clock';
import { EventsSocket } from '../core/events-socket';
import { timeOfDay } from '../core/format';
import { ServerState } from '../core/server-state';
import { Icon } from '../ui/icon';

/** Shown while the server does not answer; short breaks pass without it. */
@Component({
  selector: 'mle-offline-banner',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'status' },
  template: `
    @if (since(); as at) {
      <div class="banner">
        <mle-icon name="offline" />
        <p>
          <b>Offline.</b> The server does not answer since {{ at }}. Your edits are kept here; runs go on.
          <span aria-hidden="true">{{ next() }}</span>
        </p>
        <span class="end"
          ><button type="button" class="btn small" (click)="events.reconnectNow()">Try now</button></span
        >
      </div>
    }
  `,
})
export class OfflineBanner {
  private readonly server = inject(ServerState);
  private readonly clock = inject(Clock);
  protected readonly events = inject(EventsSocket);
  protected readonly since = computed(() => {
    const since = this.server.offlineSince();
    return since && this.clock.now() - since.getTime() > 800 ? timeOfDay(since, true) : null;
  });
  /** Seen only: a screen reader would read the banner anew each second. */
  protected readonly next = computed(() => {
    const at = this.server.nextTry();
    return at
      ? `Trying again in ${Math.max(1, Math.ceil((at.getTime() - this.clock.now()) / 1000))} s.`
      : 'Trying again.';
  });
}
