import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { startStore, type StoreServer } from '@mle/testing';
import { Binary, deserialize, type Document, serialize, setInternalBufferSize } from 'bson';
import { bundle } from '../../test/bundle.js';

setInternalBufferSize(20 * 2 ** 20); // some messages here are larger than a document may be

const OP_QUERY = 2004;
const OP_MSG = 2013;

function frame(opcode: number, ...parts: Uint8Array[]): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + parts.reduce((sum, part) => sum + part.length, 0), 0);
  head.writeInt32LE(77, 4);
  head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, ...parts]);
}

const flags = (bits: number): Buffer => Buffer.from(new Uint32Array([bits]).buffer);
const body = (document: Document): Buffer => Buffer.concat([Buffer.from([0]), serialize(document)]);
const message = (document: Document, bits = 0): Buffer => frame(OP_MSG, flags(bits), body(document));
const ping = message({ ping: 1, $db: 'admin' });

function sequence(name: string, documents: Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((document) => serialize(document))]);
  const size = Buffer.alloc(5);
  size[0] = 1;
  size.writeInt32LE(content.length + 4, 1);
  return Buffer.concat([size, content]);
}

/** A raw connection that collects whole answers. */
class RawConnection {
  private received = Buffer.alloc(0);
  private wake: (() => void) | null = null;
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.wake?.();
    });
  }

  static open(path: string): Promise<RawConnection> {
    return new Promise((resolve) => {
      const socket = connect(path, () => resolve(new RawConnection(socket)));
    });
  }

  /** The next answer, or null once the connection is closed. */
  async answer(): Promise<{ opcode: number; responseTo: number; document: Document } | null> {
    for (;;) {
      const size = this.received.length >= 4 ? this.received.readInt32LE(0) : Infinity;
      if (this.received.length >= size) {
        const answer = this.received.subarray(0, size);
        this.received = this.received.subarray(size);
        const opcode = answer.readInt32LE(12);
        return {
          opcode,
          responseTo: answer.readInt32LE(8),
          document: deserialize(answer.subarray(opcode === OP_MSG ? 21 : 36)),
        };
      }
      if (this.closed) return null;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

describe('the socket', () => {
  let store: StoreServer;
  let bystander: RawConnection;
  const stranger = (): Promise<RawConnection> => RawConnection.open(store.socket);
  const login = (secret: string): Buffer =>
    message({
      saslStart: 1,
      mechanism: 'PLAIN',
      payload: new Binary(Buffer.from(`\0store\0${secret}`)),
      $db: '$external',
    });
  const open = async (): Promise<RawConnection> => {
    const connection = await stranger();
    connection.socket.write(login(store.secret));
    expect((await connection.answer())?.document).toMatchObject({ done: true, ok: 1 });
    return connection;
  };

  beforeAll(async () => {
    store = await startStore({ bundle: bundle() });
    bystander = await open();
  });
  afterAll(async () => {
    bystander.socket.destroy();
    await store.stop();
  });
  afterEach(async () => {
    bystander.socket.write(ping);
    expect((await bystander.answer())?.document).toEqual({ ok: 1 });
  });

  it('is for its owner only', () => {
    expect(statSync(store.socket).mode & 0o777).toBe(0o600);
  });

  it('asks each connection for the secret before anything else', async () => {
    const connection = await stranger();
    const ask = async (bytes: Buffer): Promise<unknown> => {
      connection.socket.write(bytes);
      return (await connection.answer())?.document['code'];
    };
    expect(await ask(message({ hello: 1, $db: 'admin' }))).toBeUndefined();
    const kept = [{ find: 'users' }, { insert: 'users', documents: [{ _id: 1 }] }, { dropDatabase: 1 }, { ping: 1 }];
    for (const command of kept)
      expect([command, await ask(message({ ...command, $db: 'mle' }))]).toEqual([command, 13]);
    for (const wrong of ['', 'x', `${store.secret}x`, store.secret.slice(1)]) expect(await ask(login(wrong))).toBe(18);
    expect(await ask(message({ saslStart: 1, mechanism: 'SCRAM-SHA-256', $db: 'admin' }))).toBe(334);
    expect(await ask(ping)).toBe(13);
    expect(await ask(login(store.secret))).toBeUndefined();
    expect(await ask(ping)).toBeUndefined();
    connection.socket.destroy();
    const another = await stranger();
    another.socket.write(ping);
    expect((await another.answer())?.document).toMatchObject({ code: 13 });
    another.socket.destroy();
  });

  it('answers frames that come in pieces and frames that come together, in order', async () => {
    const connection = await open();
    for (const byte of ping) connection.socket.write(Buffer.from([byte]));
    expect(await connection.answer()).toMatchObject({ responseTo: 77, opcode: OP_MSG, document: { ok: 1 } });
    connection.socket.write(
      Buffer.concat([ping, message({ nonsense: 1, $db: 'a' }), message({ hello: 1, $db: 'admin' })]),
    );
    expect((await connection.answer())?.document).toEqual({ ok: 1 });
    expect((await connection.answer())?.document).toMatchObject({ ok: 0, code: 59 });
    expect((await connection.answer())?.document).toMatchObject({ ok: 1, isWritablePrimary: true });
    connection.socket.destroy();
  });

  it('greets drivers that begin with the legacy handshake, and answers nothing else that way', async () => {
    const legacy = (command: Document): Buffer =>
      frame(OP_QUERY, flags(0), Buffer.from('admin.$cmd\0'), flags(0), flags(0xffffffff), serialize(command));
    const connection = await open();
    connection.socket.write(legacy({ ismaster: 1, helloOk: true }));
    expect(await connection.answer()).toMatchObject({ opcode: 1, document: { ismaster: true, helloOk: true, ok: 1 } });
    connection.socket.write(legacy({ dropDatabase: 1 }));
    expect((await connection.answer())?.document).toMatchObject({ ok: 0, code: 115 });
    connection.socket.destroy();
  });

  it('takes document sequences, checksums and messages that want no answer', async () => {
    const connection = await open();
    const documents = sequence('documents', [{ _id: 1 }, { _id: 2 }]);
    connection.socket.write(
      frame(OP_MSG, flags(1), body({ insert: 'seq', $db: 'mle' }), documents, Buffer.from([1, 2, 3, 4])),
    );
    expect((await connection.answer())?.document).toEqual({ n: 2, ok: 1 });
    connection.socket.write(message({ insert: 'seq', documents: [{ _id: 3 }], $db: 'mle', writeConcern: { w: 0 } }, 2));
    connection.socket.write(
      frame(
        OP_MSG,
        flags(0),
        body({ update: 'seq', $db: 'mle' }),
        sequence('updates', [{ q: { _id: 3 }, u: { $set: { a: 1 } } }]),
      ),
    );
    expect((await connection.answer())?.document).toEqual({ n: 1, nModified: 1, ok: 1 });
    connection.socket.destroy();
  });

  const tooLong = Buffer.alloc(16);
  tooLong.writeInt32LE(48_000_001, 0);
  const bad = Buffer.from(body({ ping: 1, $db: 'admin' }));
  bad.writeInt32LE(1000, 1);
  const inner = Buffer.from(body({ ping: { a: 1 }, $db: 'admin' }));
  inner.writeInt32LE(0x7fffffff, inner.indexOf('ping') + 5);

  it.each([
    ['an oversized length', tooLong],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0])],
    ['a length below the header', Buffer.concat([Buffer.from([8, 0, 0, 0]), Buffer.alloc(12)])],
    ['an unknown operation', frame(4711, flags(0), body({ ping: 1 }))],
    ['an unknown required flag', message({ ping: 1, $db: 'admin' }, 8)],
    ['an unknown section kind', frame(OP_MSG, flags(0), Buffer.from([9]), serialize({ ping: 1 }))],
    ['no body', frame(OP_MSG, flags(0), sequence('documents', [{ a: 1 }]))],
    ['two bodies', frame(OP_MSG, flags(0), body({ ping: 1 }), body({ ping: 1 }))],
    ['a body longer than its message', frame(OP_MSG, flags(0), bad)],
    ['a value longer than its document', frame(OP_MSG, flags(0), inner)],
    [
      'a sequence without an end of its name',
      frame(OP_MSG, flags(0), Buffer.from([1, 9, 0, 0, 0, 65, 65, 65, 65, 65])),
    ],
    ['noise', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ])('closes only the connection that sends %s', async (_name, bytes) => {
    const connection = await open();
    connection.socket.write(bytes);
    expect(await connection.answer()).toBeNull();
  });

  it('refuses broken documents inside an insert and stores none of them', async () => {
    const documents = Buffer.from(body({ insert: 'broken', documents: [{ _id: 1, text: 'abcdef' }], $db: 'mle' }));
    documents.writeInt32LE(500, documents.indexOf('text') + 5);
    const connection = await open();
    connection.socket.write(frame(OP_MSG, flags(0), documents));
    const answer = await connection.answer();
    expect(answer === null || answer.document['ok'] === 0 || answer.document['writeErrors'] !== undefined).toBe(true);
    bystander.socket.write(message({ count: 'broken', $db: 'mle' }));
    expect((await bystander.answer())?.document).toMatchObject({ n: 0 });
  });

  it('refuses a document above 16 MB and goes on', async () => {
    const connection = await open();
    connection.socket.write(
      message({ insert: 'large', documents: [{ _id: 1, text: 'x'.repeat(17 * 2 ** 20) }], $db: 'mle' }),
    );
    expect((await connection.answer())?.document).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 10334 }] });
    connection.socket.destroy();
  });

  it('bears clients that hang up in the middle of a frame', async () => {
    for (let i = 1; i < ping.length; i += 7) {
      const connection = await open();
      connection.socket.end(ping.subarray(0, i));
      expect(await connection.answer()).toBeNull();
    }
  });
});
