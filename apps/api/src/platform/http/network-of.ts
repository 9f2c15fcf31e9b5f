import { isIPv6 } from 'node:net';

/**
 * What counts as one sender: an IPv4 address, and of IPv6 the /64, of which every customer has a whole one to choose
 * from.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const [left, right] = [head, tail].map((groups) => groups.split(':').filter((group) => group !== ''));
  // The last four bytes may be written as an IPv4 address, which stands for two groups.
  const written = (left?.length ?? 0) + (right?.length ?? 0) + (plain.includes('.') ? 1 : 0);
  const zeros = Array.from({ length: Math.max(0, 8 - written) }, () => '0');
  const groups = plain.includes('::') ? [...(left ?? []), ...zeros, ...(right ?? [])] : (left ?? []);
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
