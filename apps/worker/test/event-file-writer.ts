import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** CRC-32C bit by bit, masked: the slow way, to check the fast one against. */
function masked(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A record as event files hold them. */
export function recordOf(content: Uint8Array, length = BigInt(content.length)): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length);
  return Buffer.concat([head, u32(masked(head)), content, u32(masked(content))]);
}

type Write = (writer: BinaryWriter) => void;

function message(...fields: Write[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const field of fields) field(writer);
  return writer.finish();
}

const inner =
  (number: number, bytes: Uint8Array): Write =>
  (writer) =>
    void writer.tag(number, WireType.LengthDelimited).bytes(bytes);
const text = (number: number, value: string): Write => inner(number, Buffer.from(value));

/** An event with one summary value. */
function event(step: number, wallTime: number, ...value: Write[]): Buffer {
  return recordOf(
    message(
      (writer) => writer.tag(1, WireType.Bit64).double(wallTime),
      (writer) => writer.tag(2, WireType.Varint).int64(step),
      inner(5, message(inner(1, message(...value)))),
    ),
  );
}

/** `simple_value`, as writers of before TensorFlow 2 and PyTorch write it. */
export const plainScalar = (tag: string, step: number, y: number, wallTime = 0): Buffer =>
  event(step, wallTime, text(1, tag), (writer) => writer.tag(2, WireType.Bit32).float(y));

/** A tensor of one float; the plugin is told with the first value of a tag only. */
export const tensorScalar = (tag: string, step: number, y: number, plugin: string | null): Buffer => {
  const packed = message((writer) => writer.float(y));
  const tensor = message((writer) => writer.tag(1, WireType.Varint).int32(1), inner(5, packed));
  const metadata = plugin === null ? [] : [inner(9, message(inner(1, message(text(1, plugin)))))];
  return event(step, 0, text(1, tag), inner(8, tensor), ...metadata);
};

/** A tensor of one number of 16 bits, of the type 14 (`bfloat16`) or 19 (`half`): as its bytes, or in a field. */
export const shortTensor = (
  tag: string,
  step: number,
  type: 14 | 19,
  bits: number,
  form: 'bytes' | 'field',
): Buffer => {
  const bytes = Uint8Array.of(bits & 0xff, bits >> 8);
  const number =
    form === 'bytes'
      ? inner(4, bytes)
      : inner(
          13,
          message((writer) => writer.int32(bits)),
        );
  const tensor = message((writer) => writer.tag(1, WireType.Varint).int32(type), number);
  return event(step, 0, text(1, tag), inner(8, tensor), inner(9, message(inner(1, message(text(1, 'scalars'))))));
};

/** A summary image that tells its bytes again and again. */
export const repeatedImage = (tag: string, step: number, pictures: Uint8Array[]): Buffer =>
  event(step, 0, text(1, tag), inner(4, message(...pictures.map((picture) => inner(4, picture)))));

/** The `image` of a summary. */
export const plainImage = (tag: string, step: number, picture: Uint8Array): Buffer =>
  repeatedImage(tag, step, [picture]);

/** A tensor of texts: width, height and the pictures. */
export const tensorImages = (tag: string, step: number, pictures: Uint8Array[]): Buffer => {
  const tensor = message(
    (writer) => writer.tag(1, WireType.Varint).int32(7),
    text(8, '4'),
    text(8, '4'),
    ...pictures.map((picture) => inner(8, picture)),
  );
  return event(step, 0, text(1, tag), inner(8, tensor), inner(9, message(inner(1, message(text(1, 'images'))))));
};
