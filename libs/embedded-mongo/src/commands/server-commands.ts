import { hostname } from 'node:os';
import { EJSON } from 'bson';
import { type Document, isDocument } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { MAX_MESSAGE_BYTES } from '../wire/frame-reader.js';
import type { Command } from './command-context.js';

/** The release whose behaviour this server follows, and the wire version that goes with it. */
const VERSION = '7.0.0';
const MAX_WIRE_VERSION = 21;
const STARTED = Date.now();

/**
 * No logicalSessionTimeoutMinutes: without it drivers use neither sessions nor transactions nor retryable writes, none
 * of which exist here.
 */
const hello: Command = ({ body, connectionId, name }) => ({
  helloOk: body['helloOk'] === true ? true : undefined,
  [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: MAX_MESSAGE_BYTES,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  connectionId,
  minWireVersion: 0,
  maxWireVersion: MAX_WIRE_VERSION,
  readOnly: false,
});

const buildInfo: Command = () => ({
  version: VERSION,
  versionArray: [7, 0, 0, 0],
  gitVersion: 'embedded',
  modules: [],
  storageEngines: ['lmdb'],
  bits: 64,
  debug: false,
  maxBsonObjectSize: 16 * 1024 * 1024,
  allocator: 'system',
  javascriptEngine: 'none',
});

const getParameter: Command = ({ body }) => {
  const wanted =
    body['getParameter'] === '*' ||
    isDocument(body['getParameter']) ||
    Object.hasOwn(body, 'featureCompatibilityVersion');
  if (!wanted) throw new CommandError('InvalidOptions', 'no option found to get');
  return { featureCompatibilityVersion: { version: '7.0' } };
};

const serverStatus: Command = () => ({
  host: hostname(),
  version: VERSION,
  process: 'store',
  pid: process.pid,
  uptime: (Date.now() - STARTED) / 1000,
  localTime: new Date(),
  storageEngine: { name: 'lmdb' },
  mem: { resident: Math.round(process.memoryUsage.rss() / 2 ** 20) },
});

const connectionStatus: Command = () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } });

const transactions: Command = () => {
  throw new CommandError('IllegalOperation', 'Transaction numbers are only allowed on a replica set member or mongos');
};

const nothing: Command = () => ({});

const unsupported: Command = ({ name }) => {
  throw new CommandError('CommandNotSupported', `${name} is not supported by this server`);
};

const replicaSet: Command = () => {
  throw new CommandError('Unauthorized', 'not running with --replSet');
};

/** Commands about the server and the connection. */
export const serverCommands: Record<string, Command> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: nothing,
  buildInfo,
  buildinfo: buildInfo,
  getParameter,
  serverStatus,
  connectionStatus,
  endSessions: nothing,
  refreshSessions: nothing,
  killSessions: nothing,
  logout: nothing,
  startSession: unsupported,
  commitTransaction: transactions,
  abortTransaction: transactions,
  mapReduce: unsupported,
  saslContinue: unsupported,
  authenticate: unsupported,
  bulkWrite: unsupported,
  createUser: unsupported,
  replSetGetStatus: replicaSet,
  hostInfo: unsupported,
  collMod: unsupported,
  renameCollection: unsupported,
  validate: unsupported,
  whatsmyuri: ({ connectionId }) => ({ you: `local:${connectionId}` }),
};

/** Refuses what would silently be something else than the client believes. */
export function refuseUnsupported(body: Document): void {
  if (body['txnNumber'] !== undefined || body['startTransaction'] !== undefined || body['autocommit'] !== undefined) {
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
  const concern = body['readConcern'];
  if (isDocument(concern) && (concern['level'] === 'snapshot' || concern['level'] === 'linearizable')) {
    throw new CommandError('IllegalOperation', `read concern ${EJSON.stringify(concern)} needs a replica set`);
  }
}
