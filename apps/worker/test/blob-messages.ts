import { type BlobChunk, type BlobFetch, LIMITS } from '@mle/protocol';

interface SentPiece {
  piece: BlobChunk['pieces'][number];
  bytes: Buffer;
}

/**
 * As the server sends them: small blobs together, a large one in pieces, and nothing after one that is missing.
 * `corrupt` changes the bytes of a piece on its way.
 */
export function* blobMessages(
  blobs: ReadonlyMap<string, Buffer>,
  items: BlobFetch['items'],
  corrupt: ((bytes: Buffer, sha256: string) => Buffer) | null,
): Generator<SentPiece[]> {
  const piece = (sha256: string, whole: Buffer, offset: number): SentPiece => {
    const sent = whole.subarray(offset, offset + LIMITS.blobChunkBytes);
    const bytes = corrupt?.(sent, sha256) ?? sent;
    return { piece: { sha256, offset, length: bytes.length, size: whole.length }, bytes };
  };
  let together: SentPiece[] = [];
  let length = 0;
  for (const { sha256, from } of items) {
    const whole = blobs.get(sha256);
    if (whole === undefined) break;
    const isSmall = whole.length <= LIMITS.blobChunkBytes;
    if (
      together.length > 0 &&
      (!isSmall || length + whole.length > LIMITS.blobChunkBytes || together.length === LIMITS.blobsPerChunk)
    ) {
      yield together;
      together = [];
      length = 0;
    }
    if (isSmall) {
      together.push(piece(sha256, whole, from));
      length += whole.length;
    } else
      for (let offset = from; offset < whole.length; offset += LIMITS.blobChunkBytes)
        yield [piece(sha256, whole, offset)];
  }
  if (together.length > 0) yield together;
}
