import { asText, IMAGE_BYTES, previewKind } from './preview-kind';

describe('previewKind', () => {
  it.each([
    ['plot.PNG', 10, 'image'],
    ['big.png', IMAGE_BYTES + 1, 'none'],
    ['log.csv', 10, 'table'],
    ['a/b/metrics.tsv', 10, 'table'],
    ['notes', 10, 'text'],
    ['model.pt', 10, 'text'],
  ] as const)('of %s', (path, size, kind) => expect(previewKind(path, size)).toBe(kind));
});

describe('asText', () => {
  it('reads UTF-8, also cut within a character, and refuses what is no text', () => {
    const euro = new TextEncoder().encode('5 €');
    expect(asText(euro)).toBe('5 €');
    expect(asText(euro.subarray(0, euro.length - 1))).toBe('5 ');
    expect(asText(new Uint8Array([0x80, 0x02, 0x8a]))).toBeNull();
    expect(asText(new Uint8Array([65, 0, 66]))).toBeNull();
  });
});
