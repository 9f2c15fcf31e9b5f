import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { OutputBuffer } from './output-buffer';
import type { OutputFeed } from './output-feed';
import { OutputView } from './output-view';

function show(text: string, stream = 0) {
  const bytes = new TextEncoder().encode(text);
  const buffer = new OutputBuffer();
  buffer.accept(0, [[bytes.length, stream, 0]], bytes);
  const feed = { buffer, previewing: false, version: signal(0) } as unknown as OutputFeed;
  const fixture = TestBed.createComponent(OutputView);
  fixture.componentRef.setInput('feed', feed);
  fixture.componentRef.setInput('label', 'Output of run 1');
  fixture.detectChanges();
  return fixture;
}

describe('OutputView', () => {
  it('shows output as text, whatever it looks like', () => {
    const element = show('<img src=x onerror=alert(1)><b>bold</b>\n\u001b[31mred\u001b[0m\n')
      .nativeElement as HTMLElement;
    const lines = [...element.querySelectorAll('.line')];
    expect(lines.map((line) => line.textContent)).toEqual(['<img src=x onerror=alert(1)><b>bold</b>', 'red']);
    expect(element.querySelector('img, b')).toBeNull();
    expect(lines[1]?.querySelector('.ansi-red')?.textContent).toBe('red');
  });

  it('marks the stream of a line', () => {
    expect((show('oh\n', 1).nativeElement as HTMLElement).querySelector('.line')?.classList).toContain('stderr');
    expect((show('Running a.py\n', 2).nativeElement as HTMLElement).querySelector('.line')?.classList).toContain(
      'system',
    );
  });

  it('draws only what can be seen of a long output', () => {
    const fixture = show(Array.from({ length: 50_000 }, (_, i) => `line ${i}`).join('\n'));
    const lines = (fixture.nativeElement as HTMLElement).querySelectorAll('.line');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(100);
    expect([...lines].at(-1)?.textContent).toBe('line 49999');
  });

  it('hides what was cleared from view', () => {
    const fixture = show('one\ntwo\nthree\n');
    fixture.componentRef.setInput('firstLine', 2);
    fixture.detectChanges();
    expect(
      [...(fixture.nativeElement as HTMLElement).querySelectorAll('.line')].map((line) => line.textContent),
    ).toEqual(['three']);
  });
});
