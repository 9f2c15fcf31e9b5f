import type { Logger } from 'pino';
import { pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stderr; synchronous, so that the last lines before an exit are there. */
export function createLogger(part: string, level: string): Logger {
  return pino(
    { level, base: { part, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
