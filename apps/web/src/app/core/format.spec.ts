import { ago, bytes, duration, elapsed, memory, plural } from './format';

describe('formats', () => {
  it.each([
    [0, '0.0 s'],
    [1440, '1.4 s'],
    [9940, '9.9 s'],
    [9960, '0:09'],
    [192_000, '3:12'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
  ])('duration %d', (ms, text) => expect(duration(ms)).toBe(text));
  it.each([
    [0, '0:00'],
    [1999, '0:01'],
    [9999, '0:09'],
    [192_000, '3:12'],
    [-5, '0:00'],
  ])('elapsed %d', (ms, text) => expect(elapsed(ms)).toBe(text));
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [3100, '3.1 kB'],
    [25_922, '26 kB'],
    [999_900, '1.0 MB'],
    [73_426_428, '73 MB'],
    [5e12, '5.0 TB'],
  ])('bytes %d', (count, text) => expect(bytes(count)).toBe(text));
  it('rounds memory as it is sold', () =>
    expect([memory(25_276_063_744), memory(17_179_869_184), memory(5)]).toEqual(['24 GB', '16 GB', '1 GB']));
  it('tells how long ago', () => {
    const now = Date.parse('2026-01-02T00:00:00Z');
    expect(
      ['2026-01-01T23:59:55Z', '2026-01-01T23:59:29Z', '2026-01-01T23:57:00Z', '2026-01-01T22:00:00Z'].map((at) =>
        ago(at, now),
      ),
    ).toEqual(['just now', '31 s ago', '3 min ago', '2 h ago']);
  });
  it('counts', () =>
    expect([plural(1, 'file'), plural(0, 'file'), plural(1_000_001, 'line')]).toEqual([
      '1 file',
      '0 files',
      '1,000,001 lines',
    ]));
});
