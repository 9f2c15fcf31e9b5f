import { OutputBuffer } from './output-buffer';
import { occurrences, OutputSearch } from './output-search';

const bufferOf = (text: string) => {
  const buffer = new OutputBuffer();
  append(buffer, text);
  return buffer;
};
function append(buffer: OutputBuffer, text: string, stream = 0): void {
  const bytes = new TextEncoder().encode(text);
  buffer.accept(buffer.end, [[bytes.length, stream, 0]], bytes);
}
async function searched(search: OutputSearch): Promise<void> {
  while (search.searching()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('occurrences', () => {
  it('finds a text whatever its case, without overlaps', () => {
    expect(occurrences('Loss loss LOSS', 'loss')).toEqual([0, 5, 10]);
    expect(occurrences('aaaa', 'aa')).toEqual([0, 2]);
    expect(occurrences('abc', '')).toEqual([]);
  });
});

describe('OutputSearch', () => {
  it('counts each occurrence and steps through them in a circle', () => {
    const search = new OutputSearch();
    search.advance(bufferOf('one two\nthree\ntwo two\n'));
    search.find('TWO');
    expect(search.count()).toBe(3);
    expect([1, 1, 1, 1].map(() => search.step(1, 0))).toEqual([
      { line: 0, nth: 0 },
      { line: 2, nth: 0 },
      { line: 2, nth: 1 },
      { line: 0, nth: 0 },
    ]);
    expect(search.step(-1, 0)).toEqual({ line: 2, nth: 1 });
    expect(search.place()).toBe(3);
  });

  it('begins at the line that one looks at', () => {
    const search = new OutputSearch();
    search.advance(bufferOf('x\na\nx\na\nx\n'));
    search.find('x');
    expect(search.step(1, 1)?.line).toBe(2);
    search.find('x');
    expect(search.step(-1, 3)?.line).toBe(2);
    search.find('x');
    expect(search.step(-1, 0)?.line).toBe(4);
  });

  it('reads what is drawn: no colours, and of a progress bar its last state', () => {
    const search = new OutputSearch();
    search.advance(bufferOf('\u001b[31mlo\u001b[0mss\n 10%\r 50%\r100%\n'));
    search.find('loss');
    expect(search.count()).toBe(1);
    search.find('50%');
    expect(search.count()).toBe(0);
  });

  it('goes on with an output that grows, also in a line that was not complete', () => {
    const buffer = bufferOf('epoch 1\nepo');
    const search = new OutputSearch();
    search.advance(buffer);
    search.find('epoch');
    expect(search.count()).toBe(1);
    append(buffer, 'warning\n', 1);
    append(buffer, 'ch 2\nepoch 3\n');
    search.advance(buffer);
    expect(search.count()).toBe(3);
    expect([1, 1, 1].map(() => search.step(1, 0)?.line)).toEqual([0, 1, 3]);
    search.advance(buffer);
    expect(search.count()).toBe(3);
  });

  it('searches a long output in slices, and stops to collect at a limit', async () => {
    const search = new OutputSearch(1000);
    search.advance(bufferOf('match\n'.repeat(3000)));
    search.find('match');
    await searched(search);
    expect([search.count(), search.full()]).toEqual([1000, true]);
    search.find('nothing');
    await searched(search);
    expect([search.count(), search.full()]).toEqual([0, false]);
  });
});
