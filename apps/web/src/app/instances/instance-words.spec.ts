import type { InstanceView } from '@mle/protocol';
import {
  ageOf,
  alternativesTo,
  dollars,
  endsSoon,
  extended,
  isRunning,
  mostOf,
  precise,
  progressOf,
  sentenceOf,
  stateWord,
} from './instance-words';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const instance = (values: Partial<InstanceView>): InstanceView => ({
  id: '0'.repeat(24),
  provider: 'local',
  ownerId: null,
  name: 'local 1',
  state: 'ready',
  type: 'local-1',
  machineId: null,
  pricePerHour: 0,
  cost: 0,
  buy: 'on-demand',
  way: 'join',
  address: null,
  image: null,
  region: null,
  zone: null,
  providerId: null,
  requestedAt: at(-60),
  readyAt: at(-59),
  endsAt: at(120),
  endedAt: null,
  idleMinutes: 15,
  phases: [],
  reason: null,
  problem: null,
  ...values,
});

it('says how far an instance is', () => {
  expect(stateWord(instance({ state: 'booting' }))).toBe('booting, 3 of 5');
  expect(stateWord(instance({}))).toBe('ready');
  expect(progressOf(instance({ state: 'terminating' }))).toBeNull();
});

it('warns ten minutes before its end, and extends it by an hour', () => {
  expect(endsSoon(instance({}), NOW)).toBe(false);
  const late = instance({ endsAt: at(9) });
  expect(endsSoon(late, NOW)).toBe(true);
  expect(sentenceOf(late, NOW)).toBe('Ends in 9 minutes. Its runs are stopped 3 minutes before.');
  expect(extended(late, NOW)).toBe(at(69));
  expect(extended(instance({ endsAt: at(-1) }), NOW)).toBe(at(60));
});

it('says why one stopped or failed', () => {
  const stopped = instance({ state: 'stopped', reason: 'Stopped by itself, 15 min idle.' });
  expect(sentenceOf(stopped, NOW)).toBe('Stopped by itself, 15 min idle.');
  expect([isRunning(stopped), ageOf(stopped, NOW), ageOf(instance({}), NOW)]).toEqual([false, '', 'up 59:00']);
  const problem = { code: 'worker.failed', sentence: 'It failed.', detail: 'why', requestId: null };
  expect(sentenceOf(instance({ state: 'failed', problem }), NOW)).toBe('It failed.');
  expect(ageOf(instance({ state: 'terminated', endedAt: at(-29) }), NOW)).toBe('was there for 30:00');
});

it('says money without false digits', () => {
  expect([dollars(0), dollars(0.526)]).toEqual(['$0', '$0.53']);
});

it('says the most that one may cost, with disk and address', () => {
  const type = {
    type: 'g4dn.xlarge',
    cpus: 4,
    memoryGb: 16,
    gpu: null,
    pricePerHour: 0.526,
    spotPerHour: null,
    freeTier: false,
    overQuota: false,
  };
  const offer = {
    items: [type],
    pricedAt: '2026-07-20',
    factor: 1,
    region: 'us-east-1',
    diskPerGbHour: 0.08 / 730,
    addressPerHour: 0.005,
  };
  expect(dollars(mostOf(offer, type, 3, 60))).toBe('$1.61');
  expect([precise(0), precise(0.0104)]).toEqual(['$0', '$0.0104']);
});

it('offers what does at least as much where a type is not to be had, the cheapest first', () => {
  const of = (type: string, cpus: number, memoryGb: number, pricePerHour: number, gpuGb = 0, overQuota = false) => ({
    ...{ type, cpus, memoryGb, pricePerHour, overQuota, spotPerHour: null, freeTier: false },
    gpu: gpuGb === 0 ? null : { name: 'GPU', count: 1, memoryGb: gpuGb },
  });
  const chosen = of('g6.xlarge', 4, 16, 0.8, 24);
  const types = [
    of('m7i.4xlarge', 16, 64, 0.9),
    of('g5.2xlarge', 8, 32, 1.2, 24),
    of('g5.xlarge', 4, 16, 1, 24),
    of('g4dn.xlarge', 4, 16, 0.5, 16),
    of('p5.4xlarge', 16, 256, 6.9, 80, true),
    chosen,
  ];
  expect(alternativesTo(types, chosen).map(({ type }) => type)).toEqual(['g5.xlarge', 'g5.2xlarge']);
});
