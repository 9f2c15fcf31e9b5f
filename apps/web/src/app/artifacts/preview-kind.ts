type PreviewKind = 'image' | 'table' | 'text' | 'none';

const IMAGES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
};
/** An image is decoded as a whole. */
export const IMAGE_BYTES = 16 * 1024 * 1024;
/** What is read of a text or a table. */
export const TEXT_BYTES = 256 * 1024;

const ending = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

export const imageType = (path: string): string | null => IMAGES[ending(path)] ?? null;

/** How a file can be shown, by its name and size; whether it really is text is seen when it is read. */
export function previewKind(path: string, size: number): PreviewKind {
  if (imageType(path) !== null) return size <= IMAGE_BYTES ? 'image' : 'none';
  return ['csv', 'tsv'].includes(ending(path)) ? 'table' : 'text';
}

/** The text of `bytes`, or null where they are none. The last character may have been cut. */
export function asText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}
