import { type Document, encode, isDocument } from '../bson/document.js';
import { assemble, elementHead } from '../bson/raw-document.js';

/** A document of an answer that is already encoded. */
export class RawDocument {
  constructor(readonly bytes: Buffer) {}
}

/** An array of already encoded documents. */
export class RawDocuments {
  constructor(readonly items: readonly Buffer[]) {}
}

/** Encodes an answer; stored documents in it are copied as they are. */
export function encodeAnswer(answer: Document): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(answer)) {
    if (value instanceof RawDocument) parts.push(elementHead(0x03, name), value.bytes);
    else if (value instanceof RawDocuments) parts.push(elementHead(0x04, name), encodeArray(value.items));
    else if (isDocument(value) && Object.values(value).some(isRaw))
      parts.push(elementHead(0x03, name), encodeAnswer(value));
    else parts.push(encode({ [name]: value }).subarray(4, -1));
  }
  return assemble(parts);
}

const isRaw = (value: unknown): boolean => value instanceof RawDocument || value instanceof RawDocuments;

function encodeArray(items: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (const [i, item] of items.entries()) parts.push(elementHead(0x03, String(i)), item);
  return assemble(parts);
}
