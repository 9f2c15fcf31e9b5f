import type { InstanceRecord } from './instances.repository.js';

const HOUR_MS = 3_600_000;

type Priced = Pick<InstanceRecord, 'price' | 'ran' | 'endedAt' | 'endsAt'>;

/** What an instance has cost between two instants, in dollars: running for what runs, its disk from its launch on. */
export function costOf({ price, ran, endedAt }: Omit<Priced, 'endsAt'>, since: number, now: number): number {
  const hours = (from: number, to: number): number => Math.max(0, Math.min(to, now) - Math.max(from, since)) / HOUR_MS;
  const running = ran.reduce((sum, { from, to }) => sum + hours(from.getTime(), to?.getTime() ?? now), 0);
  const [first] = ran;
  const kept = first ? hours(first.from.getTime(), endedAt?.getTime() ?? now) : 0;
  return running * (price.compute + price.address) + kept * price.disk;
}

/** What it costs now, in dollars. */
export function perHourOf({ state, price }: Pick<InstanceRecord, 'state' | 'price'>): number {
  return state === 'stopped' ? price.disk : price.compute + price.address + price.disk;
}

/** The most that it can still cost: as if it ran until its end. */
export const reservedOf = ({ price, endsAt, endedAt }: Omit<Priced, 'ran'>, now: number): number =>
  endedAt ? 0 : (Math.max(0, endsAt.getTime() - now) / HOUR_MS) * price.worst;

export function startOfMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}
