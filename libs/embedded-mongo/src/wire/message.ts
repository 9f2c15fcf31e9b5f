import { decodeExact, type Document } from '../bson/document.js';
import { documentsOf, elements, MalformedBson } from '../bson/raw-document.js';

/** A request as it came over the wire. */
export interface Request {
  requestId: number;
  /** Decoded, except for the fields in `raw`. Numbers keep their BSON type. */
  body: Document;
  /** Arrays of documents that are not decoded: those of document sequences, and `documents` of an insert. */
  raw: Map<string, Buffer[]>;
  /** The client does not want an answer. */
  silent: boolean;
  /** Asked by the legacy handshake, to be answered in its form. */
  legacy: boolean;
}

/** The bytes are not a message of the protocol. The connection cannot be read any further. */
export class MalformedMessage extends Error {}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const KNOWN_REQUIRED_FLAGS = CHECKSUM_PRESENT | MORE_TO_COME;

/** Reads one whole message. */
export function parseMessage(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  try {
    if (opcode === OP_MSG) return parseOpMsg(message, requestId);
    if (opcode === OP_QUERY) return parseOpQuery(message, requestId);
  } catch (error) {
    if (error instanceof MalformedMessage) throw error;
    throw new MalformedMessage(error instanceof Error ? error.message : String(error));
  }
  throw new MalformedMessage(`Unknown operation code ${opcode}`);
}

/** Encodes the answer to a request. */
export function encodeReply(request: Request, body: Buffer, replyId: number): Buffer[] {
  const head = Buffer.alloc(request.legacy ? HEADER + 20 : HEADER + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(replyId, 4);
  head.writeInt32LE(request.requestId, 8);
  head.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  if (request.legacy) {
    head.writeInt32LE(8, HEADER); // AwaitCapable, as every server since 1.6 says
    head.writeInt32LE(1, HEADER + 16);
  }
  return [head, body];
}

function parseOpMsg(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(HEADER);
  if ((flags & 0xffff & ~KNOWN_REQUIRED_FLAGS) !== 0) throw new MalformedMessage('Unknown required flag bits');
  const end = message.length - ((flags & CHECKSUM_PRESENT) !== 0 ? 4 : 0);
  const raw = new Map<string, Buffer[]>();
  let body: Document | null = null;
  let position = HEADER + 4;
  while (position < end) {
    const kind = message[position++];
    const size = message.readInt32LE(position);
    if (size < 5 || position + size > end) throw new MalformedMessage('A section runs beyond its message');
    const section = message.subarray(position, position + size);
    position += size;
    if (kind === 0) {
      if (body !== null) throw new MalformedMessage('More than one body');
      body = decodeBody(section, raw);
    } else if (kind === 1) readSequence(section, raw);
    else throw new MalformedMessage(`Unknown section kind ${String(kind)}`);
  }
  if (body === null) throw new MalformedMessage('A message without a body');
  return { requestId, body, raw, silent: (flags & MORE_TO_COME) !== 0, legacy: false };
}

function readSequence(section: Buffer, raw: Map<string, Buffer[]>): void {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new MalformedMessage('A document sequence without a name');
  const documents: Buffer[] = [];
  for (let position = nameEnd + 1; position < section.length;) {
    const size = section.readInt32LE(position);
    if (size < 5 || position + size > section.length) throw new MalformedMessage('A document runs beyond its sequence');
    documents.push(section.subarray(position, position + size));
    position += size;
  }
  raw.set(section.toString('utf8', 4, nameEnd), documents);
}

/** Documents of an insert are stored as they came; decoding them would be the most expensive part of it. */
function decodeBody(section: Buffer, raw: Map<string, Buffer[]>): Document {
  const first = elements(section).next();
  if (first.done === true || first.value.name !== 'insert') return decodeExact(section);
  const kept: Buffer[] = [];
  for (const element of elements(section)) {
    if (element.name === 'documents' && element.type === 0x04) raw.set('documents', documentsOf(section, element));
    else kept.push(section.subarray(element.start, element.end));
  }
  const size = kept.reduce((sum, part) => sum + part.length, 5);
  const head = Buffer.alloc(4);
  head.writeInt32LE(size, 0);
  return decodeExact(Buffer.concat([head, ...kept, Buffer.from([0])]));
}

function parseOpQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, HEADER + 4);
  if (nameEnd < 0) throw new MalformedMessage('A query without a collection name');
  const start = nameEnd + 9;
  const size = message.readInt32LE(start);
  if (size < 5 || start + size > message.length) throw new MalformedBson('The query runs beyond its message');
  const query = decodeExact(message.subarray(start, start + size));
  const body = { ...query, $db: message.toString('utf8', HEADER + 4, nameEnd).split('.')[0] ?? 'admin' };
  return { requestId, body, raw: new Map(), silent: false, legacy: true };
}
