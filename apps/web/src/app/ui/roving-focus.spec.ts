import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { RovingFocus, RovingItem } from './roving-focus';

@Component({
  imports: [RovingFocus, RovingItem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div [mleRovingFocus]="along()">
      @for (name of names(); track name) {
        <button type="button" [mleRovingItem]="name === at()" (reached)="at.set(name)">
          {{ name }}<i tabindex="-1">close</i>
        </button>
      }
    </div>
  `,
})
class Tabs {
  readonly along = signal<'row' | 'column'>('row');
  readonly names = signal(['a', 'b', 'c']);
  readonly at = signal('a');
}

const KEYS = { ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, End: 35, Home: 36 };

async function shown() {
  const fixture = TestBed.createComponent(Tabs);
  const host = fixture.nativeElement as HTMLElement;
  document.body.append(host);
  await fixture.whenStable();
  const press = async (key: keyof typeof KEYS, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, keyCode: KEYS[key], bubbles: true, cancelable: true, ...more });
    document.activeElement?.dispatchEvent(event);
    await fixture.whenStable();
    return event.defaultPrevented;
  };
  const stops = () => [...host.querySelectorAll('button')].map((button) => button.tabIndex);
  host.querySelector('button')?.focus();
  return { tabs: fixture.componentInstance, fixture, host, press, stops };
}

describe('a row with one tab stop', () => {
  it('goes round by its arrows, and to its ends, and the focus is on what is chosen', async () => {
    const { tabs, press, stops } = await shown();
    expect(stops()).toEqual([0, -1, -1]);
    await press('ArrowLeft');
    expect([tabs.at(), stops()]).toEqual(['c', [-1, -1, 0]]);
    await press('ArrowRight');
    await press('ArrowRight');
    expect(tabs.at()).toBe('b');
    expect(document.activeElement?.textContent).toContain('b');
    await press('End');
    expect(tabs.at()).toBe('c');
    await press('Home');
    expect(tabs.at()).toBe('a');
  });

  it('leaves keys with modifiers, the keys of a column and those of a part inside to others', async () => {
    const { tabs, host, press } = await shown();
    expect(await press('ArrowRight', { shiftKey: true })).toBe(false);
    expect(await press('ArrowDown')).toBe(false);
    host.querySelector('i')?.focus();
    expect(await press('ArrowRight')).toBe(false);
    expect(tabs.at()).toBe('a');
  });

  it('knows what came and went', async () => {
    const { tabs, fixture, press } = await shown();
    tabs.names.set(['z', 'a', 'y']);
    await fixture.whenStable();
    await press('ArrowLeft');
    expect(tabs.at()).toBe('z');
  });
});

it('a column ends at its ends', async () => {
  const { tabs, press } = await shown();
  tabs.along.set('column');
  await press('ArrowUp');
  expect(tabs.at()).toBe('a');
  await press('ArrowDown');
  expect(tabs.at()).toBe('b');
});
