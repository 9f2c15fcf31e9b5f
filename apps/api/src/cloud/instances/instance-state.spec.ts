import { type Sight, stateOf } from './instance-state.js';

const NOTHING: Sight = { wanted: 'running', failed: false, presence: 'nothing', machine: null };
const online = { online: true };
const offline = { online: false };

it.each<[string, Partial<Sight>]>([
  ['pending', {}],
  ['requested', { presence: 'asked' }],
  ['pending', { presence: 'coming' }],
  ['pending', { presence: 'leaving', machine: online }],
  ['pending', { presence: 'resting', machine: offline }],
  ['booting', { presence: 'running' }],
  ['connecting', { presence: 'running', machine: offline }],
  ['ready', { presence: 'running', machine: online }],
  ['stopping', { wanted: 'stopped', presence: 'running', machine: online }],
  ['stopped', { wanted: 'stopped', presence: 'resting', machine: offline }],
  ['stopped', { wanted: 'stopped' }],
  ['terminating', { wanted: 'gone', presence: 'running', machine: online }],
  ['terminating', { wanted: 'gone', presence: 'resting' }],
  ['terminated', { wanted: 'gone' }],
  ['terminated', { wanted: 'gone', machine: offline }],
  ['terminating', { wanted: 'gone', failed: true, presence: 'running' }],
  ['failed', { wanted: 'gone', failed: true }],
])('is %s with %j', (state, sight) => {
  expect(stateOf({ ...NOTHING, ...sight })).toBe(state);
});
