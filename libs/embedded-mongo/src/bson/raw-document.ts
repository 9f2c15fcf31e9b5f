/** One element of an encoded document, as offsets into it. */
export interface RawElement {
  name: string;
  type: number;
  start: number;
  valueStart: number;
  end: number;
}

/** The bytes are not a BSON document. */
export class MalformedBson extends Error {}

const FIXED_SIZES: Readonly<Record<number, number>> = {
  0x01: 8,
  0x06: 0,
  0x07: 12,
  0x08: 1,
  0x09: 8,
  0x0a: 0,
  0x10: 4,
  0x11: 8,
  0x12: 8,
  0x13: 16,
  0x7f: 0,
  0xff: 0,
};

/** Walks the top-level elements of an encoded document without decoding any value. */
export function* elements(raw: Buffer): Generator<RawElement> {
  if (raw.length < 5 || raw.readInt32LE(0) !== raw.length || raw[raw.length - 1] !== 0) {
    throw new MalformedBson('The document length does not match its bytes');
  }
  const last = raw.length - 1;
  let position = 4;
  while (position < last) {
    const start = position;
    const type = raw[position] ?? 0;
    const nameEnd = raw.indexOf(0, position + 1);
    if (nameEnd < 0 || nameEnd >= last) throw new MalformedBson('A field name has no end');
    const valueStart = nameEnd + 1;
    const end = valueStart + valueSize(raw, type, valueStart);
    if (end > last) throw new MalformedBson('A value runs beyond its document');
    yield { name: raw.toString('utf8', start + 1, nameEnd), type, start, valueStart, end };
    position = end;
  }
}

/** A copy of the document with only the given top-level fields. */
export function pick(raw: Buffer, fields: ReadonlySet<string>): Buffer {
  const parts: Buffer[] = [];
  for (const element of elements(raw)) {
    if (fields.has(element.name)) parts.push(raw.subarray(element.start, element.end));
  }
  return assemble(parts);
}

/** A document made of already encoded elements. */
export function assemble(parts: readonly Buffer[]): Buffer {
  let size = 5;
  for (const part of parts) size += part.length;
  const result = Buffer.allocUnsafe(size);
  result.writeInt32LE(size, 0);
  let position = 4;
  for (const part of parts) {
    part.copy(result, position);
    position += part.length;
  }
  result[position] = 0;
  return result;
}

/** The encoded documents of an array value, without decoding them. */
export function documentsOf(raw: Buffer, element: RawElement): Buffer[] {
  const documents: Buffer[] = [];
  const array = raw.subarray(element.valueStart, element.end);
  for (const item of elements(array)) {
    if (item.type !== 0x03) throw new MalformedBson('The array holds something else than documents');
    documents.push(array.subarray(item.valueStart, item.end));
  }
  return documents;
}

/** The head of an element: its type byte and its name. */
export function elementHead(type: number, name: string): Buffer {
  const bytes = Buffer.byteLength(name);
  const head = Buffer.allocUnsafe(bytes + 2);
  head[0] = type;
  head.write(name, 1);
  head[bytes + 1] = 0;
  return head;
}

function valueSize(raw: Buffer, type: number, at: number): number {
  const fixed = FIXED_SIZES[type];
  if (fixed !== undefined) return fixed;
  switch (type) {
    case 0x02:
    case 0x0d:
    case 0x0e:
      return 4 + length(raw, at);
    case 0x03:
    case 0x04:
    case 0x0f:
      return Math.max(5, length(raw, at));
    case 0x05:
      return 5 + length(raw, at);
    case 0x0b: {
      const pattern = raw.indexOf(0, at);
      const options = pattern < 0 ? -1 : raw.indexOf(0, pattern + 1);
      if (options < 0) throw new MalformedBson('A regular expression has no end');
      return options + 1 - at;
    }
    case 0x0c:
      return 4 + length(raw, at) + 12;
    default:
      throw new MalformedBson(`Unknown BSON type 0x${type.toString(16)}`);
  }
}

function length(raw: Buffer, at: number): number {
  if (at + 4 > raw.length) throw new MalformedBson('A length runs beyond its document');
  const value = raw.readInt32LE(at);
  if (value < 0) throw new MalformedBson('A length is negative');
  return value;
}
