import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_LOST_AFTER_SECONDS, LIMITS, LoginNameSchema, PasswordSchema } from '@mle/protocol';
import { z } from 'zod';
import { ConfigError } from './config-error.js';
import { type RedisConnection, redisConnection } from './redis-url.js';
import { secretKeyFile } from './secret-key.js';

/** Injects the one `Config` of the process. */
export const CONFIG = Symbol('config');

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

type AwsEndpoints = Record<'ec2' | 'sts' | 'ssm' | 'quotas' | 'pricing', string | null>;

/** The environment, read once. Paths are absolute, sizes in bytes. */
export interface Config {
  port: number;
  host: string;
  dataDir: string;
  /** The address that browsers use, without a trailing slash; null: whatever they came by. */
  publicUrl: string | null;
  /** The server speaks TLS itself, on this port; `port` leads browsers there. Without files it makes a certificate. */
  tls: { port: number; files: { certificate: string; key: string } | null } | null;
  /** More names by which the server is reached. */
  allowedHosts: string[];
  /** Addresses of proxies whose word on who asks is taken. */
  trustedProxies: string[];
  adminLogin: string | null;
  adminPassword: string | null;
  /** 32 bytes: seals secrets at rest. */
  secretKey: Buffer;
  mongodbUri: string;
  redisUrl: string;
  redis: RedisConnection;
  /** Folder of the embedded store; null when the database is a server of its own. */
  storeDir: string | null;
  lostAfterSeconds: number;
  /** Where the token of this computer's own worker is left for it. */
  localJoinTokenFile: string | null;
  /** A pipe to the launcher: the process ends when it closes. */
  lifelineFd: number | null;
  /** The launcher starts workers on this computer for the API, and hears of them over the process's own channel. */
  launcherChannel: boolean;
  webDir: string;
  workerBundle: string;
  /** The shell script that installs a worker. */
  workerInstaller: string;
  /** Tells by which address the internet sees this server; `none`: nothing is asked. */
  addressService: string;
  /** The files of the threads that read numbers and programs, and that make zips. */
  metricsReader: string;
  knobsReader: string;
  zipWriter: string;
  examplesDir: string;
  /** Hosts in private networks that projects may be cloned from. */
  gitPrivateHosts: string[];
  /** Where the services of AWS are, instead of AWS' own addresses: for simulations. */
  awsEndpoints: AwsEndpoints;
  maxFileBytes: number;
  maxProjectFiles: number;
  logLevel: LogLevel;
}

const text = (max: number) => z.string().trim().min(1).max(max);
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));
/** What is separated by commas, in lower case. */
const listOf = (each: RegExp | ((text: string) => boolean)) =>
  z
    .string()
    .max(10_000)
    .transform((list) =>
      list
        .toLowerCase()
        .split(',')
        .map((part) => part.trim()),
    )
    .refine((parts) => parts.every((part) => (each instanceof RegExp ? each.test(part) : each(part))));

/** Of proxies: the names are those of proxy-addr. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  if (bits === undefined) return isIP(address) !== 0 || ['loopback', 'linklocal', 'uniquelocal'].includes(address);
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= ({ 4: 32, 6: 128 }[isIP(address)] ?? -1);
}

interface Variable {
  name: string;
  schema: z.ZodType;
  /** Completes "Set NAME to …". */
  allowed: string;
}
const variable = <S extends z.ZodType>(name: string, schema: S, allowed: string) => ({ name, schema, allowed });

const port = variable('MLE_PORT', whole(0, 65_535), 'a port from 0 to 65535 (0 takes a free one)');
const host = variable(
  'MLE_HOST',
  text(255).regex(/^[A-Za-z0-9.:_-]+$/),
  'an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0',
);
const dataDir = variable('MLE_DATA_DIR', text(4096), 'a folder to keep the data in');
const publicUrl = variable(
  'MLE_PUBLIC_URL',
  z.string().refine((url) => /^https?:\/\/[^/?#]+\/?$/.test(url) && URL.canParse(url)),
  'the address that browsers use, such as https://ml.example.org, without a path',
);
const tls = variable('MLE_TLS', z.enum(['0', '1']), '1 (the server speaks https) or 0');
const tlsPort = variable('MLE_TLS_PORT', whole(0, 65_535), 'a port from 0 to 65535 (0 takes a free one)');
const tlsCertificate = variable('MLE_TLS_CERT', text(4096), 'a PEM file with the certificate and those above it');
const tlsKey = variable('MLE_TLS_KEY', text(4096), 'a PEM file with the private key of the certificate');
const allowedHosts = variable(
  'MLE_ALLOWED_HOSTS',
  listOf(/^[A-Za-z0-9.:_[\]-]{1,255}$/),
  'host names separated by commas, such as ml.example.org, without ports',
);
const trustedProxies = variable(
  'MLE_TRUSTED_PROXIES',
  listOf(isNetwork),
  'addresses or networks separated by commas, such as 127.0.0.1, 10.0.0.0/8 or loopback',
);
const adminLogin = variable('MLE_ADMIN_LOGIN', LoginNameSchema, 'a login of at most 64 letters, digits and . _ @ + -');
const adminPassword = variable('MLE_ADMIN_PASSWORD', PasswordSchema, 'a password of 8 to 256 characters');
const secretKey = variable(
  'MLE_SECRET_KEY',
  z.string().regex(/^[0-9a-fA-F]{64}$/),
  '32 bytes as 64 hex digits, such as `openssl rand -hex 32` prints',
);
const mongodbUri = variable(
  'MONGODB_URI',
  z.string().regex(/^mongodb(\+srv)?:\/\/\S+$/),
  'the address of the database, such as mongodb://127.0.0.1/mle',
);
const redisUrl = variable(
  'REDIS_URL',
  z
    .string()
    .transform(redisConnection)
    .pipe(z.custom<RedisConnection>((value) => value !== null)),
  'redis://…, rediss://… or unix://[:password@]/path/redis.sock',
);
const storeDir = variable('MLE_STORE_DIR', text(4096), 'the folder of the embedded store');
const lostAfter = variable('MLE_LOST_AFTER_SECONDS', whole(2, 86_400), 'a number of seconds from 2 to 86400');
const localJoinTokenFile = variable(
  'MLE_LOCAL_JOIN_TOKEN_FILE',
  text(4096),
  'a file that the local worker reads its token from',
);
const lifelineFd = variable('MLE_LIFELINE_FD', whole(3, 1024), 'the number of an open file descriptor from 3');
const launcherChannel = variable(
  'MLE_LAUNCHER_CHANNEL',
  z.literal('1').transform(() => true),
  '1 where a launcher starts workers for it',
);
const webDir = variable('MLE_WEB_DIR', text(4096), 'the folder of the built web application');
const workerBundle = variable('MLE_WORKER_BUNDLE', text(4096), 'the file of the built worker');
const examplesDir = variable('MLE_EXAMPLES_DIR', text(4096), 'the folder of the example projects');
const gitPrivateHosts = variable(
  'MLE_GIT_PRIVATE_HOSTS',
  listOf(/^[A-Za-z0-9.:_-]{1,255}$/),
  'host names separated by commas, such as git.lab.example',
);
const awsEndpoint = (name: string) =>
  variable(
    name,
    z.url({ protocol: /^https?$/ }).max(2_048),
    'the address of a service that speaks as AWS does, such as http://127.0.0.1:4566',
  );
const addressService = variable(
  'MLE_ADDRESS_SERVICE',
  z.union([z.literal('none'), z.url({ protocol: /^https?$/ }).max(2_048)]),
  'an address that answers with the public address of whoever asks, such as https://checkip.amazonaws.com, or none',
);
const awsEndpoints = {
  all: awsEndpoint('AWS_ENDPOINT_URL'),
  ec2: awsEndpoint('AWS_ENDPOINT_URL_EC2'),
  sts: awsEndpoint('AWS_ENDPOINT_URL_STS'),
  ssm: awsEndpoint('AWS_ENDPOINT_URL_SSM'),
  quotas: awsEndpoint('AWS_ENDPOINT_URL_SERVICE_QUOTAS'),
  pricing: awsEndpoint('AWS_ENDPOINT_URL_PRICING'),
};
const maxFile = variable('MLE_MAX_FILE_BYTES', whole(1, 1024 ** 4), 'a size in bytes from 1 to 1099511627776');
const maxFiles = variable('MLE_MAX_PROJECT_FILES', whole(1, 1_000_000), 'a number of files from 1 to 1000000');
const logLevel = variable('MLE_LOG_LEVEL', z.enum(LOG_LEVELS), `one of ${LOG_LEVELS.join(', ')}`);

/**
 * Reads and checks the environment. Without MLE_SECRET_KEY the key file in the data directory is read or made.
 * @throws ConfigError naming every bad variable and what is allowed.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const refused: string[] = [];
  // An empty value counts as absent: compose files and shells produce it for unset variables.
  const read = <S extends z.ZodType>({ name, schema, allowed }: Variable & { schema: S }): z.output<S> | null => {
    const raw = env[name];
    if (raw === undefined || raw === '') return null;
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    refused.push(`${name} is not usable. Set it to ${allowed}.`);
    return null;
  };
  const need = <S extends z.ZodType>(of: Variable & { schema: S }): z.output<S> | null => {
    if (!env[of.name]) refused.push(`${of.name} is missing. Set it to ${of.allowed}.`);
    return read(of);
  };
  const path = (of: Variable & { schema: z.ZodType<string> }, fallback: string) => resolve(read(of) ?? fallback);

  const tlsFiles = () => {
    const [certificate, keyFile] = [read(tlsCertificate), read(tlsKey)];
    if (certificate !== null && keyFile !== null) return { certificate: resolve(certificate), key: resolve(keyFile) };
    const missing = certificate === null ? tlsCertificate : tlsKey;
    if (certificate !== null || keyFile !== null)
      refused.push(`${missing.name} is missing: a certificate needs its key. Set it to ${missing.allowed}.`);
    return null;
  };

  const root = installationRoot();
  const values = {
    port: read(port) ?? 8080,
    host: read(host) ?? '127.0.0.1',
    dataDir: path(dataDir, './data'),
    publicUrl: read(publicUrl)?.replace(/\/$/, '') ?? null,
    tls: read(tls) === '1' ? { port: read(tlsPort) ?? 8443, files: tlsFiles() } : null,
    allowedHosts: read(allowedHosts) ?? [],
    trustedProxies: read(trustedProxies) ?? [],
    adminLogin: read(adminLogin),
    adminPassword: read(adminPassword),
    mongodbUri: need(mongodbUri) ?? '',
    redis: need(redisUrl) ?? {},
    redisUrl: env['REDIS_URL'] ?? '',
    storeDir: read(storeDir),
    lostAfterSeconds: read(lostAfter) ?? DEFAULT_LOST_AFTER_SECONDS,
    localJoinTokenFile: read(localJoinTokenFile),
    lifelineFd: read(lifelineFd),
    launcherChannel: read(launcherChannel) ?? false,
    webDir: path(webDir, join(root, 'dist/apps/web')),
    workerBundle: path(workerBundle, join(root, 'dist/apps/worker/worker.mjs')),
    workerInstaller: join(root, 'deploy/install-worker.sh'),
    metricsReader: join(root, 'dist/apps/api/metrics-reader.mjs'),
    knobsReader: join(root, 'dist/apps/api/knobs-reader.mjs'),
    zipWriter: join(root, 'dist/apps/api/zip-writer.mjs'),
    examplesDir: path(examplesDir, join(root, 'examples')),
    gitPrivateHosts: read(gitPrivateHosts) ?? [],
    addressService: read(addressService) ?? 'https://checkip.amazonaws.com',
    awsEndpoints: {
      ec2: read(awsEndpoints.ec2) ?? read(awsEndpoints.all),
      sts: read(awsEndpoints.sts) ?? read(awsEndpoints.all),
      ssm: read(awsEndpoints.ssm) ?? read(awsEndpoints.all),
      quotas: read(awsEndpoints.quotas) ?? read(awsEndpoints.all),
      pricing: read(awsEndpoints.pricing) ?? read(awsEndpoints.all),
    },
    maxFileBytes: read(maxFile) ?? LIMITS.projectFileBytes,
    maxProjectFiles: read(maxFiles) ?? LIMITS.projectFiles,
    logLevel: read(logLevel) ?? 'info',
  };
  if (Boolean(env['MLE_ADMIN_LOGIN']) !== Boolean(env['MLE_ADMIN_PASSWORD'])) {
    const missing = env['MLE_ADMIN_LOGIN'] ? adminPassword : adminLogin;
    refused.push(
      `${missing.name} is missing: the first user needs both a login and a password. Set it to ${missing.allowed}.`,
    );
  }
  if (values.tls !== null && values.publicUrl?.startsWith('http:'))
    refused.push('MLE_PUBLIC_URL begins with http:, and MLE_TLS=1 serves https. Let it begin with https:.');
  const key = read(secretKey);
  if (refused.length > 0) throw new ConfigError(refused);
  return { ...values, secretKey: key ? Buffer.from(key, 'hex') : secretKeyFile(values.dataDir) };
}

/** Browsers come by https: to this server, or to a proxy before it. */
export const isHttps = ({ publicUrl, tls: ownTls }: Pick<Config, 'publicUrl' | 'tls'>): boolean =>
  ownTls !== null || (publicUrl?.startsWith('https:') ?? false);

/** The folder that holds package.json, above the bundle or above the sources. */
function installationRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return process.cwd();
    folder = parent;
  }
  return folder;
}
