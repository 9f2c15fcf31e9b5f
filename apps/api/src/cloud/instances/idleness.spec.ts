import { idleStep } from './idleness.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW - seconds * 1000);

it.each([
  ['wait', { busyAt: ago(899), restsAt: null }, false],
  ['rest', { busyAt: ago(900), restsAt: null }, false],
  ['wait', { busyAt: ago(905), restsAt: ago(3) }, false],
  ['stop', { busyAt: ago(905), restsAt: ago(4) }, false],
  // A run came between the rest and the stop, or the limit was raised.
  ['busy', { busyAt: ago(905), restsAt: ago(4) }, true],
  ['wake', { busyAt: ago(10), restsAt: ago(4) }, false],
  ['wait', { busyAt: null, restsAt: null }, false],
] as const)('says %s of %j, busy %s', (step, instance, busy) => {
  expect(idleStep({ ...instance, idleMinutes: 15 }, busy, NOW)).toBe(step);
});

it('never stops one that may be idle', () => {
  expect(idleStep({ busyAt: ago(100_000), restsAt: null, idleMinutes: null }, false, NOW)).toBe('wait');
});
