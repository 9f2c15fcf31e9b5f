import { z } from 'zod';
import { NameSchema } from './ids.js';

/*
 * A machine that the server dials. Each connection is TLS 1.3 to the worker's own certificate, whose fingerprint the
 * server compares first. Then one HTTP upgrade carries the proofs of both sides, and the bytes belong to the purpose of
 * the connection: the control connection (JSON lines, below), or a stream that the worker asked for on it and uses as
 * if it had dialled the server.
 */

export const CARRIER_PROTOCOL = 'mle-carrier';
export const CARRIER_PATH = '/carrier';
/**
 * Of the carrier alone: what it carries may be a link of any version, so that a worker whose link is refused still takes
 * the server's worker through it. It was the link's version once, whose number and header it keeps.
 */
export const CARRIER_VERSION = 3;
/** Names the keying material that both ends of one TLS session share and nobody else knows. */
export const CARRIER_EXPORTER = { label: 'EXPORTER-mle-carrier', bytes: 32 } as const;

/** Header names of the upgrade. */
export const CARRIER_HEADERS = {
  version: 'mle-link-version',
  /** Of the installation, the same for all its replicas. */
  server: 'mle-server',
  /** The stream that is delivered; absent on the control connection. */
  stream: 'mle-stream',
  proof: 'mle-proof',
} as const;

export interface CarrierSession {
  side: 'server' | 'worker';
  /**
   * The session's exported keying material in hex: fresh for each connection, so that a proof is worth nothing on
   * another one.
   */
  exported: string;
  fingerprint: string;
  server: string;
  stream: string | null;
}

/** What a side signs by HMAC-SHA256 with the token, to prove that it knows it without sending it. */
export function proofText({ side, exported, fingerprint, server, stream }: CarrierSession): string {
  return [CARRIER_PROTOCOL, side, exported, fingerprint, server, stream ?? ''].join('\n');
}

/** The body of a refused upgrade. `linkVersion` is the worker's CARRIER_VERSION. */
export const CarrierRefusalSchema = z.object({
  code: z.enum(['proof', 'link_version', 'taken', 'no_stream', 'malformed']),
  linkVersion: z.int(),
});
export type CarrierRefusal = z.infer<typeof CarrierRefusalSchema>;

/** Silence on the control connection after which each side takes it for dead; the server says something more often. */
export const CARRIER_TIMING = { pingMs: 3_000, deadMs: 10_000, handshakeMs: 5_000 } as const;
/** One line of the control connection. */
export const CARRIER_LINE_BYTES = 16 * 1024;

/** Server to worker. A `welcome` begins each control connection: its credential replaces all earlier ones. */
export const DialServerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), credential: z.string().max(200) }),
  z.object({ type: z.literal('ping') }),
  /** The stream that was asked for could not be dialled. */
  z.object({ type: z.literal('failed'), stream: z.string().max(64) }),
  /** The machine was removed: the worker forgets the server. */
  z.object({ type: z.literal('release') }),
]);
export type DialServerMessage = z.infer<typeof DialServerMessageSchema>;

/** Worker to server. A `hello` begins each control connection. */
export const DialWorkerMessageSchema = z.discriminatedUnion('type', [
  /** A worker of before does not name the version of its link, which is that of its carrier. */
  z.object({ type: z.literal('hello'), name: z.string().max(80), linkVersion: z.int().default(CARRIER_VERSION) }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('open'), stream: z.string().max(64) }),
]);
export type DialWorkerMessage = z.infer<typeof DialWorkerMessageSchema>;

/** A token that a worker listens with. The worker makes one of 43 characters; a person's own must not be guessable. */
export const ListenTokenSchema = z
  .string()
  .trim()
  .min(20, 'A token has at least 20 characters.')
  .max(200, 'A token has at most 200 characters.')
  .regex(/^\S+$/, 'A token holds no spaces.');

const FINGERPRINT = /^[0-9a-f]{64}$/;
const WRONG_FINGERPRINT = 'Give the fingerprint that the worker printed: 64 hex digits, with or without colons.';

/** SHA-256 of a certificate: 64 hex digits, with or without colons as tools print them. */
const FingerprintSchema = z
  .string()
  .max(120)
  .transform((text) =>
    text
      .replace(/^sha-?256\W*/i, '')
      .replaceAll(/[:\s]/g, '')
      .toLowerCase(),
  )
  .pipe(z.string().max(64, { error: WRONG_FINGERPRINT, abort: true }).regex(FINGERPRINT, WRONG_FINGERPRINT));

/** As people read and compare it. */
export const shownFingerprint = (hex: string): string => (hex.toUpperCase().match(/../g) ?? []).join(':');

const MachineUrlSchema = z
  .string()
  .trim()
  .max(300)
  .refine(isMachineUrl, 'Give the address that the worker printed, such as https://192.168.1.20:7443.')
  .transform((text) => new URL(text).origin);

function isMachineUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  return (
    protocol === 'https:' &&
    hostname !== '' &&
    username === '' &&
    password === '' &&
    pathname === '/' &&
    search === '' &&
    hash === ''
  );
}

export const ConnectMachineSchema = z
  .object({
    url: MachineUrlSchema,
    token: ListenTokenSchema,
    fingerprint: FingerprintSchema,
    /** Else the worker's own. */
    name: NameSchema.optional(),
  })
  .strict();
export type ConnectMachine = z.infer<typeof ConnectMachineSchema>;

/** What a listening worker is known by. */
export const ListeningWorkerSchema = z.object({ fingerprint: FingerprintSchema, token: ListenTokenSchema });
export type ListeningWorker = z.infer<typeof ListeningWorkerSchema>;
