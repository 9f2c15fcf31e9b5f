import { readNotebook } from './notebook';

const read = (...cells: object[]) => readNotebook(JSON.stringify({ nbformat: 4, cells }));
const code = (...outputs: object[]) => ({ cell_type: 'code', source: ['a = 1\n', 'a'], execution_count: 3, outputs });

describe('readNotebook', () => {
  it('reads text and code, kept as a whole or line by line', () => {
    expect(read({ cell_type: 'markdown', source: '# Title' }, code())).toEqual([
      { kind: 'markdown', text: '# Title', count: null, outputs: [] },
      { kind: 'code', text: 'a = 1\na', count: 3, outputs: [] },
    ]);
  });

  it('shows what was printed, errors without their colours, and the richest form of a value', () => {
    const cells = read(
      code(
        { output_type: 'stream', name: 'stdout', text: ['one\n', 'two\n'] },
        { output_type: 'error', traceback: ['\u001b[31mValueError\u001b[0m', 'no'] },
        { output_type: 'display_data', data: { 'image/png': 'AAAA\nBBBB', 'text/plain': '<Figure>' } },
        { output_type: 'execute_result', data: { 'text/html': ['<table>', '</table>'], 'text/plain': 'x' } },
        { output_type: 'execute_result', data: { 'text/plain': '42' } },
      ),
    );
    expect(cells?.[0]?.outputs).toEqual([
      { kind: 'text', text: 'one\ntwo\n', error: false },
      { kind: 'text', text: 'ValueError\nno', error: true },
      { kind: 'image', url: 'data:image/png;base64,AAAABBBB' },
      { kind: 'html', html: '<table></table>' },
      { kind: 'text', text: '42', error: false },
    ]);
  });

  it('takes nothing for a picture that is none, and no file for a notebook that is none', () => {
    const cells = read(code({ output_type: 'display_data', data: { 'image/png': '"onerror=x', 'text/plain': 'p' } }));
    expect(cells?.[0]?.outputs).toEqual([{ kind: 'text', text: 'p', error: false }]);
    for (const none of ['', '[]', '{"cells": 3}', 'print(1)']) expect(readNotebook(none)).toBeNull();
    expect(read({ cell_type: 'raw' }, { outputs: [null, {}, { data: 7 }] })?.flatMap(({ outputs }) => outputs)).toEqual(
      [],
    );
  });
});
