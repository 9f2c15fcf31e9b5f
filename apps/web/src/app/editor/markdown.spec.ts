import { linkedFile, renderMarkdown } from './markdown';

const render = (text: string) =>
  renderMarkdown(text, 'notes/day.md', { contents: (path) => `/files/${path}`, page: (path) => `/code?file=${path}` });

describe('linkedFile', () => {
  it('finds files beside, below and above, and none outside', () => {
    expect(linkedFile('notes/day.md', 'plot%201.png')).toBe('notes/plot 1.png');
    expect(linkedFile('notes/day.md', '../train.py#L3')).toBe('train.py');
    expect(linkedFile('notes/day.md', '../../etc/passwd')).toBeNull();
    for (const href of ['https://a.example', 'mailto:a@b', '/runs', '#top', 'javascript:alert(1)'])
      expect(linkedFile('notes/day.md', href)).toBeNull();
  });
});

describe('renderMarkdown', () => {
  it('renders text, tables and code, and pictures and links of the project', () => {
    expect(render('# Hello *you*')).toBe('<h1>Hello <em>you</em></h1>\n');
    expect(render('|a|b|\n|-|-|\n|1|2|')).toContain('<td>2</td>');
    expect(render('![loss](loss.png)')).toContain('<img src="/files/notes/loss.png" alt="loss">');
    expect(render('[code](../train.py)')).toContain('href="/code?file=train.py"');
    expect(render('[out](https://a.example)')).toContain('target="_blank" rel="noopener noreferrer"');
  });

  it('leaves HTML as text, and makes no link of a script', () => {
    expect(render('<img src=x onerror=alert(1)>')).not.toContain('<img');
    expect(render('[x](javascript:alert(1))')).not.toContain('<a');
  });

  it('takes a time that grows with the text alone', () => {
    for (const piece of ['[', '*a ', '![](', '> ', '`', '<', '|-'])
      expect(render(piece.repeat(20_000)).length).toBeGreaterThan(0);
  });
});
