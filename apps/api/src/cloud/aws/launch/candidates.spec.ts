import { candidates, priceOf } from './candidates.js';

const ZONES = ['a', 'b'].map((name) => ({ name, subnetId: `subnet-${name}` }));
const WANTED = {
  type: 'g5.xlarge',
  alternatives: [{ type: 'g6.xlarge', onDemand: 0.8, spot: 0.3 }],
  buy: 'spot' as const,
  fallBack: true,
  price: { compute: 0.4, address: 0.005, disk: 0.01, worst: 1.021 },
};
const order = (wanted: Parameters<typeof candidates>[1]) =>
  candidates(ZONES, wanted).map(({ type, buy, name }) => `${type} ${buy} ${name}`);

it('tries the zones, then the other types, and on demand after spot only where that was agreed to', () => {
  const spot = ['g5.xlarge spot a', 'g5.xlarge spot b', 'g6.xlarge spot a', 'g6.xlarge spot b'];
  expect(order({ ...WANTED, fallBack: false })).toEqual(spot);
  expect(order(WANTED)).toEqual([...spot, ...spot.map((each) => each.replace('spot', 'on-demand'))]);
  expect(order({ ...WANTED, buy: 'on-demand', alternatives: [] })).toEqual([
    'g5.xlarge on-demand a',
    'g5.xlarge on-demand b',
  ]);
});

it.each([
  ['g5.xlarge', 'spot', 1.006, 0.4],
  ['g5.xlarge', 'on-demand', 1.006, 1.006],
  ['g6.xlarge', 'spot', 0.8, 0.3],
  ['g6.xlarge', 'on-demand', 0.8, 0.8],
] as const)('as %s by %s it costs what that does', (type, buy, onDemand, compute) => {
  const { worst, ...price } = priceOf(WANTED, { type, buy }, onDemand);
  expect(price).toEqual({ compute, address: 0.005, disk: 0.01 });
  expect(worst).toBeCloseTo(onDemand + 0.015);
});
