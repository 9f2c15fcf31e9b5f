import { networkInterfaces } from 'node:os';
import { reachability } from './reachability.js';

/** A computer without a network has none. */
const outside = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  .map(({ address }) => address);

it.each(['127.0.0.1', 'localhost', '::1'])(
  'warns of a server that listens on %s only, and offers its addresses',
  (host) => {
    expect(reachability(host, null)).toEqual({
      warning: expect.stringContaining('MLE_HOST=0.0.0.0'),
      addresses: outside,
    });
  },
);

it.each(['0.0.0.0', '::'])(
  'offers the addresses of a server that listens on all of them (%s), which may have been opened by the one that only it knows',
  (host) => {
    expect(reachability(host, null)).toEqual({ warning: null, addresses: outside });
  },
);

it('has nothing to add where the address is set', () => {
  expect([reachability('192.168.1.5', null), reachability('127.0.0.1', 'https://mle.example.org')]).toEqual(
    Array.from({ length: 2 }, () => ({ warning: null, addresses: [] })),
  );
});
