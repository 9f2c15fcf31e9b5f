import { type Sight, stateOf } from './instance-state.js';

const NOTHING: Sight = { wanted: 'running', failed: false, process: false, folder: false, machine: null };
const there = { process: true, folder: true };
const online = { online: true };
const offline = { online: false };

it.each<[string, Partial<Sight>]>([
  ['pending', {}],
  ['pending', { folder: true, machine: offline }],
  ['booting', there],
  ['connecting', { ...there, machine: offline }],
  ['ready', { ...there, machine: online }],
  ['stopping', { wanted: 'stopped', ...there, machine: online }],
  ['stopped', { wanted: 'stopped', folder: true, machine: offline }],
  ['terminating', { wanted: 'gone', ...there, machine: online }],
  ['terminating', { wanted: 'gone', folder: true }],
  ['terminated', { wanted: 'gone' }],
  ['terminated', { wanted: 'gone', machine: offline }],
  ['terminating', { wanted: 'gone', failed: true, ...there }],
  ['failed', { wanted: 'gone', failed: true }],
])('is %s with %j', (state, sight) => {
  expect(stateOf({ ...NOTHING, ...sight })).toBe(state);
});
