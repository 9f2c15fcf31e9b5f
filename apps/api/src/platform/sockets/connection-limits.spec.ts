import { ConnectionLimits } from './connection-limits.js';

describe('the limits of connections', () => {
  it('hold for each address and for all, and only while connections are open', () => {
    const limits = new ConnectionLimits({ perAddress: 2, inAll: 3 });
    limits.enter('a');
    limits.enter('a');
    expect(() => limits.enter('a')).toThrow('from your address. Close some, or try again in a moment.');
    limits.enter('b');
    expect(() => limits.enter('c')).toThrow('to this server. Close some, or try again in a moment.');
    limits.leave('a');
    limits.enter('c');
    expect(() => limits.enter('c')).toThrow('to this server');
    for (const address of ['a', 'b', 'c']) limits.leave(address);
    limits.enter('a');
    limits.enter('a');
    expect(() => limits.enter('a')).toThrow('from your address');
  });
});
