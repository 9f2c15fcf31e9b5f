import { refuseDoubles } from './link-message.js';

describe('the parts of the table of messages', () => {
  it('may each handle other messages', () => {
    expect(() => refuseDoubles([{ hello: 1, heartbeat: 2 }, { claim: 3 }])).not.toThrow();
  });

  it('may not handle the same message', () => {
    const parts = [{ hello: 1, claim: 2 }, { claim: 3 }];
    expect(() => refuseDoubles(parts)).toThrow('two handlers: claim');
  });
});
