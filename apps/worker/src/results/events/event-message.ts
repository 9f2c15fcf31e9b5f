import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** One value of a summary, as far as a curve or a picture can be made of it. */
export interface SummaryValue {
  tag: string;
  /** The plugin of TensorBoard that shows it; writers may tell it with the first value of a tag only. */
  plugin: string | null;
  /** A plain scalar, or the one number of a tensor. */
  scalar: number | null;
  /** PNG, JPEG or GIF. */
  images: Uint8Array[];
  /** It came as a tensor: its plugin decides what it is. */
  isTensor: boolean;
}

export interface SummaryEvent {
  step: number;
  /** Seconds since the epoch. */
  wallTime: number;
  values: SummaryValue[];
}

type Field = readonly [WireType, (reader: BinaryReader) => void];

const { Varint, Bit64, Bit32, LengthDelimited } = WireType;
/** A summary with more is no row of curves. */
const MOST_VALUES = 500;
const MOST_IMAGES = 16;
/** Numbers of two bytes: half precision, and the upper half of a number of four bytes. */
const [BFLOAT16, HALF] = [14, 19] as const;
const NUMBERS = new Map<number, { bytes: number; read: (view: DataView) => number }>([
  [1, { bytes: 4, read: (view) => view.getFloat32(0, true) }],
  [2, { bytes: 8, read: (view) => view.getFloat64(0, true) }],
  [3, { bytes: 4, read: (view) => view.getInt32(0, true) }],
  [9, { bytes: 8, read: (view) => Number(view.getBigInt64(0, true)) }],
  [BFLOAT16, { bytes: 2, read: (view) => shortNumber(BFLOAT16, view.getUint16(0, true)) }],
  [HALF, { bytes: 2, read: (view) => shortNumber(HALF, view.getUint16(0, true)) }],
]);

/**
 * Reads a message `Event` of TensorFlow. The numbers of its fields are those of event.proto, summary.proto and
 * tensor.proto.
 * @throws Error where the bytes are no such message.
 */
export function summaryOf(bytes: Uint8Array): SummaryEvent {
  const event: SummaryEvent = { step: 0, wallTime: 0, values: [] };
  readFields(bytes, {
    1: [Bit64, (reader) => (event.wallTime = reader.double())],
    2: [Varint, (reader) => (event.step = Number(reader.int64()))],
    5: [LengthDelimited, (reader) => readSummary(reader.bytes(), event.values)],
  });
  return event;
}

function readSummary(bytes: Uint8Array, values: SummaryValue[]): void {
  readFields(bytes, {
    1: [
      LengthDelimited,
      (reader) => {
        const value = reader.bytes();
        if (values.length < MOST_VALUES) values.push(valueOf(value));
      },
    ],
  });
}

function valueOf(bytes: Uint8Array): SummaryValue {
  const value: SummaryValue = { tag: '', plugin: null, scalar: null, images: [], isTensor: false };
  readFields(bytes, {
    1: [LengthDelimited, (reader) => (value.tag = reader.string())],
    2: [Bit32, (reader) => (value.scalar = reader.float())],
    4: [LengthDelimited, (reader) => readImage(reader.bytes(), value)],
    8: [LengthDelimited, (reader) => readTensor(reader.bytes(), value)],
    9: [LengthDelimited, (reader) => readMetadata(reader.bytes(), value)],
  });
  return value;
}

function readImage(bytes: Uint8Array, value: SummaryValue): void {
  readFields(bytes, { 4: [LengthDelimited, (reader) => (value.images = [reader.bytes()])] });
}

function readMetadata(bytes: Uint8Array, value: SummaryValue): void {
  readFields(bytes, {
    1: [
      LengthDelimited,
      (reader) => readFields(reader.bytes(), { 1: [LengthDelimited, (plugin) => (value.plugin = plugin.string())] }),
    ],
  });
}

/** One number, or of a tensor of texts those after width and height: the images. */
function readTensor(bytes: Uint8Array, value: SummaryValue): void {
  const numbers: number[] = [];
  /** As their bits: the type says what they mean, and may come later. */
  const short: number[] = [];
  let type = 0;
  let content: Uint8Array | null = null;
  let texts = 0;
  /** Repeated numbers come packed, or one by one. */
  const packed = (read: (reader: BinaryReader) => number, to: number[]) => (reader: BinaryReader) => {
    const inner = new BinaryReader(reader.bytes());
    if (inner.len > 0) to.push(read(inner));
    if (inner.pos < inner.len) to.push(Number.NaN);
  };
  readFields(bytes, {
    1: [Varint, (reader) => (type = reader.int32())],
    4: [LengthDelimited, (reader) => (content = reader.bytes())],
    5: [LengthDelimited, packed((reader) => reader.float(), numbers)],
    6: [LengthDelimited, packed((reader) => reader.double(), numbers)],
    7: [LengthDelimited, packed((reader) => reader.int32(), numbers)],
    8: [
      LengthDelimited,
      (reader) => {
        const text = reader.bytes();
        if (++texts > 2 && value.images.length < MOST_IMAGES) value.images.push(text);
      },
    ],
    10: [LengthDelimited, packed((reader) => Number(reader.int64()), numbers)],
    13: [LengthDelimited, packed((reader) => reader.int32(), short)],
  });
  value.isTensor = true;
  if (type === BFLOAT16 || type === HALF) for (const bits of short) numbers.push(shortNumber(type, bits));
  value.scalar = numbers.length > 0 ? only(numbers) : oneNumber(type, content);
}

const only = (numbers: number[]): number | null => (numbers.length === 1 ? (numbers[0] ?? null) : null);

function oneNumber(type: number, content: Uint8Array | null): number | null {
  const form = NUMBERS.get(type);
  if (!form || content?.length !== form.bytes) return null;
  return form.read(new DataView(content.buffer, content.byteOffset, content.length));
}

/** The number that 16 bits are: of `bfloat16` those before the 16 that a number of four bytes has more. */
function shortNumber(type: typeof BFLOAT16 | typeof HALF, bits: number): number {
  if (type === BFLOAT16) {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint16(0, bits);
    return view.getFloat32(0);
  }
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

/** Calls what is given for a field; a field of another number or form is passed by. */
function readFields(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const field = fields[number];
    if (field?.[0] === wire) field[1](reader);
    else reader.skip(wire, number);
  }
}
