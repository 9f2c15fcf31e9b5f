import type { Heartbeat } from '@mle/protocol';
import { TIMING } from '@mle/protocol';
import type { Logger } from '../../base/logger.js';
import type { Link } from './link.js';

/** The connection is made anew when no heartbeat was answered for so long. */
const DEAD_AFTER_MS = 10_000;

/** Tells the server every second that the machine and its attempts live. */
export class Heart {
  private answeredAt = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly link: Link,
    private readonly content: () => Heartbeat,
    /** The server has answered. */
    private readonly heard: () => void,
    private readonly log: Logger,
  ) {
    link.on('online', () => {
      this.answeredAt = performance.now();
      this.beat();
    });
    this.timer = setInterval(() => this.beat(), TIMING.heartbeatMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    if (!this.link.online) return;
    if (performance.now() - this.answeredAt > DEAD_AFTER_MS) {
      this.log.warn('The server answers no heartbeat. The connection is made anew.');
      this.answeredAt = performance.now();
      this.link.reconnect();
      return;
    }
    this.link.heartbeat(this.content()).then(
      () => {
        this.answeredAt = performance.now();
        this.heard();
      },
      () => undefined,
    );
  }
}
