import { decode, OpenDocument } from './open-document';

const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

describe('OpenDocument', () => {
  it('is unsaved while its text differs from the server’s, and not after an undo', () => {
    const document = new OpenDocument('a.py');
    expect(document.dirty()).toBe(false);
    document.load({ bytes: bytesOf('x = 1\n'), etag: '"1"' });
    expect(document.dirty()).toBe(false);
    document.changed(() => 'x = 2\n');
    expect([document.dirty(), document.text]).toEqual([true, 'x = 2\n']);
    document.changed(() => 'x = 1\n');
    expect(document.dirty()).toBe(false);
  });

  it('stays unsaved when something was typed while it was being saved', () => {
    const document = new OpenDocument('a.py');
    document.load({ bytes: bytesOf(''), etag: '"1"' });
    document.changed(() => 'first');
    document.changed(() => 'first and second');
    document.saved('first', '"2"');
    expect([document.dirty(), document.etag]).toEqual([true, '"2"']);
    document.saved('first and second', '"3"');
    expect(document.dirty()).toBe(false);
  });

  it('names binary and large files instead of showing them', () => {
    const binary = new OpenDocument('model.bin');
    binary.load({ bytes: new Uint8Array([1, 0, 255]).buffer, etag: '"1"' });
    expect([binary.kind(), binary.refusal()]).toEqual([
      'binary',
      'model.bin is 3 B of binary data and is not opened here.',
    ]);
    const large = new OpenDocument('log.txt');
    large.refuseLarge(3_000_000);
    expect(large.refusal()).toBe('log.txt is 3.0 MB. The editor opens files up to 2.1 MB.');
    expect(large.dirty()).toBe(false);
  });
});

describe('decode', () => {
  it('keeps every character of text, a byte order mark too', () => {
    for (const text of ['', 'ü€🙂\r\n', '\ufeffx']) expect(decode(new Uint8Array(bytesOf(text)))).toBe(text);
  });

  it('refuses what is no UTF-8 text', () => {
    expect(decode(new Uint8Array([0xff, 0xfe, 65]))).toBeNull();
    expect(decode(new Uint8Array([65, 0, 66]))).toBeNull();
  });
});
