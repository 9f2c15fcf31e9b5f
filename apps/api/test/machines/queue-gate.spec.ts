import { once } from 'node:events';
import { createRequire } from 'node:module';
import { machineQueue, QUEUE_PATH, QUEUE_PREFIX } from '@mle/protocol';
import { type Parts, startParts } from '@mle/testing';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createWebSocketStream, WebSocket } from 'ws';
import { MachineCredentials } from '../../src/machines/machine-credentials.js';
import { setMachineUser } from '../../src/machines/queue/machine-acl.js';
import { encodeRequest } from '../../src/machines/queue/resp-request-parser.js';
import { RedisService } from '../../src/platform/redis/redis.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

interface Machine {
  machineId: string;
  credential: string;
}

describe('the queue gate', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let machine: Machine;
  let other: Machine;
  let connection: Redis;
  let direct: Redis;

  beforeAll(async () => {
    parts = await startParts();
    api = await startApi(parts);
    machine = await join('lab');
    other = await join('studio');
    connection = through(machine.credential);
    direct = api.app.get(RedisService, { strict: false }).client;
  });
  afterAll(async () => {
    connection?.disconnect();
    await api?.close();
    await parts?.stop();
  });

  async function join(name: string): Promise<Machine> {
    const credentials = api.app.get(MachineCredentials, { strict: false });
    const { token } = await credentials.createJoinToken();
    const joined = await credentials.join(token, name);
    if (!joined) throw new Error('the join token was refused');
    return joined;
  }

  const address = (): string => `${api.url.replace('http', 'ws')}${QUEUE_PATH}`;

  /** A Redis client whose bytes go over the machine's WebSocket, as the worker's do. */
  function through(credential: string): Redis {
    class Connector {
      async connect() {
        const socket = new WebSocket(address(), { headers: { authorization: `Bearer ${credential}` } });
        await once(socket, 'open');
        // ioredis sets these on what it takes for a TCP socket.
        return Object.assign(createWebSocketStream(socket), {
          setNoDelay: () => undefined,
          setKeepAlive: () => undefined,
          setTimeout: () => undefined,
        });
      }
      disconnect() {}
      check() {
        return true;
      }
    }
    const redis = new Redis({
      Connector: Connector as never,
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      retryStrategy: () => null,
      commandTimeout: 3_000,
    });
    redis.on('error', () => undefined);
    return redis;
  }

  it('serves the BullMQ consumer of the machine', async () => {
    const queue = new Queue(machineQueue(machine.machineId), { connection: direct, prefix: QUEUE_PREFIX });
    const worker = new Worker(machineQueue(machine.machineId), null, {
      connection,
      prefix: QUEUE_PREFIX,
      autorun: false,
      skipVersionCheck: true,
      removeOnComplete: { count: 0 },
    });
    await queue.add('run.execute', { runId: 'r' }, { jobId: 'r-1' });
    const job = await worker.getNextJob('token');
    expect(job?.data).toEqual({ runId: 'r' });
    await job?.moveToCompleted(null, 'token', false);
    expect(await queue.getJobCounts('wait', 'active')).toEqual({ wait: 0, active: 0 });
    await worker.close();
    connection = through(machine.credential);
  });

  it.each([
    [['GET', 'x']],
    [['AUTH', 'default', 'secret']],
    [['HELLO', '3', 'AUTH', 'default', 'secret']],
    [['HELLO', '3', 'SETNAME', 'a', 'AUTH', 'default', 'secret']],
    [['RESET']],
    [['INFO']],
    [['SELECT', '1']],
    [['SCAN', '0']],
    [['KEYS', '*']],
    [['FUNCTION', 'LIST']],
    [['SCRIPT', 'FLUSH']],
    [['MULTI']],
    [['SUBSCRIBE', 'mle:signals']],
    [['PUBLISH', 'mle:signals', '{}']],
    [['CONFIG', 'GET', '*']],
    [['ACL', 'LIST']],
    [['CLIENT', 'KILL', 'ID', '1']],
    [['EVAL', 'while true do end', '0']],
    [['EVAL', 'return redis.call("keys", "*")', '1', 'OWN']],
    [['BZPOPMIN', 'OTHER', '0']],
  ])('refuses %j, and goes on', async (words) => {
    const own = `${QUEUE_PREFIX}:${machineQueue(machine.machineId)}:marker`;
    const foreign = `${QUEUE_PREFIX}:${machineQueue(other.machineId)}:marker`;
    const [command = '', ...args] = words.map((word) => (word === 'OWN' ? own : word === 'OTHER' ? foreign : word));
    await expect(connection.call(command, ...args)).rejects.toThrow(/MLE\.REFUSED/);
    expect(await connection.ping()).toBe('PONG');
  });

  it('refuses scripts that are not the consumer’s, also by their digest', async () => {
    const scripts = createRequire(import.meta.url)('bullmq/dist/cjs/scripts') as Record<
      string,
      { name: string; content: string }
    >;
    const drain = Object.values(scripts).find(({ name }) => name === 'drain')?.content ?? '';
    expect(drain).not.toBe('');
    const digest = (await direct.script('LOAD', drain)) as string;
    const key = `${QUEUE_PREFIX}:${machineQueue(machine.machineId)}:wait`;
    await expect(connection.call('EVALSHA', digest, '1', key)).rejects.toThrow(/MLE\.REFUSED/);
    await expect(connection.call('EVAL', drain, '1', key)).rejects.toThrow(/MLE\.REFUSED/);
  });

  it('refuses a consumer’s script with the key of another queue', async () => {
    const scripts = createRequire(import.meta.url)('bullmq/dist/cjs/scripts') as Record<
      string,
      { name: string; content: string }
    >;
    const script = Object.values(scripts).find(({ name }) => name === 'extendLock');
    const foreign = `${QUEUE_PREFIX}:${machineQueue(other.machineId)}:stalled`;
    await expect(connection.call('EVAL', script?.content ?? '', '2', foreign, foreign, 't', '1', 'j')).rejects.toThrow(
      /MLE\.REFUSED/,
    );
  });

  it('has a second wall in Redis itself', async () => {
    const { username, password } = await setMachineUser(direct, machine.machineId);
    const user = new Redis({
      ...api.config.redis,
      username,
      password,
      enableReadyCheck: false,
      maxRetriesPerRequest: 1,
    });
    await expect(
      user.call('ZADD', `${QUEUE_PREFIX}:${machineQueue(machine.machineId)}:marker`, '0', 'probe'),
    ).resolves.toBe(1);
    for (const call of [
      ['GET', `${QUEUE_PREFIX}:${machineQueue(other.machineId)}:meta`],
      ['EVAL', `return redis.call('hgetall', '${QUEUE_PREFIX}:${machineQueue(other.machineId)}:meta')`, '0'],
      ['KEYS', '*'],
      ['FLUSHALL'],
      ['CONFIG', 'GET', 'requirepass'],
      ['ACL', 'LIST'],
      ['PUBLISH', 'mle:signals', '{}'],
      ['SELECT', '1'],
    ] as const) {
      const [command, ...args] = call;
      await expect(user.call(command, ...args)).rejects.toThrow(
        /NOPERM|can't be run|No permissions|ACL failure|can't access|not allowed/i,
      );
    }
    await user.quit();
  });

  it.each([undefined, 'mlw_wrong'])('turns a connection away that comes with the credential %s', async (credential) => {
    const socket = new WebSocket(
      address(),
      credential === undefined ? {} : { headers: { authorization: `Bearer ${credential}` } },
    );
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });

  it.each([
    ['inline commands', Buffer.from('PING\r\n')],
    ['lengths that are no numbers', Buffer.from('*x\r\n')],
    ['a request without words', Buffer.from('*0\r\n')],
    ['a string that is not closed', Buffer.from('*1\r\n$4\r\nPINGxx')],
    ['a length out of bounds', Buffer.from('*1\r\n$99999999\r\n')],
  ])('closes a connection that sends %s, and no other', async (_what, bytes) => {
    const socket = new WebSocket(address(), { headers: { authorization: `Bearer ${machine.credential}` } });
    await once(socket, 'open');
    socket.send(bytes);
    await once(socket, 'close');
    expect(await connection.ping()).toBe('PONG');
  });

  it('closes a connection whose machine does not answer any more @full', async () => {
    const socket = new WebSocket(address(), {
      headers: { authorization: `Bearer ${machine.credential}` },
      autoPong: false,
    });
    await once(socket, 'close');
    expect(await connection.ping()).toBe('PONG');
  });

  it('reads requests that come in single bytes, and many at once', async () => {
    const socket = new WebSocket(address(), { headers: { authorization: `Bearer ${machine.credential}` } });
    await once(socket, 'open');
    let replies = '';
    socket.on('message', (data: Buffer) => (replies += data.toString()));
    for (const byte of encodeRequest(['PING'])) socket.send(Buffer.from([byte]));
    socket.send(Buffer.concat([encodeRequest(['PING']), encodeRequest(['GET', 'x']), encodeRequest(['PING'])]));
    while (!/^\+PONG\r\n\+PONG\r\n-.*MLE\.REFUSED.*\r\n\+PONG\r\n$/.test(replies)) await once(socket, 'message');
    socket.terminate();
  });
});
