import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { ListOption, OptionList } from './option-list';

@Component({
  imports: [ListOption, OptionList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <input [attr.aria-activedescendant]="list.activeId()" (keydown)="list.onKey($event)" />
    <ul #list="mleOptionList" mleOptionList>
      @for (name of found(); track name) {
        <li mleListOption (picked)="picked.set(name)">{{ name }}</li>
      }
    </ul>
  `,
})
class Finder {
  readonly query = signal('');
  readonly found = computed(() => ['ant', 'bee', 'bat'].filter((name) => name.includes(this.query())));
  readonly picked = signal<string | null>(null);
}

async function shown() {
  // jsdom has no layout.
  Element.prototype.scrollIntoView = () => undefined;
  const fixture = TestBed.createComponent(Finder);
  const host = fixture.nativeElement as HTMLElement;
  await fixture.whenStable();
  const box = host.querySelector('input') as HTMLInputElement;
  const options = () => [...host.querySelectorAll<HTMLElement>('[role="option"]')];
  const active = () => {
    const selected = options().filter((option) => option.getAttribute('aria-selected') === 'true');
    expect(box.getAttribute('aria-activedescendant')).toBe(selected[0]?.id ?? null);
    return selected.map((option) => option.textContent);
  };
  const press = async (key: string, keyCode: number) => {
    box.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true }));
    await fixture.whenStable();
  };
  return { finder: fixture.componentInstance, fixture, options, active, press };
}

describe('a list below a box', () => {
  it('has its first choice active, and the arrow keys go round', async () => {
    const { active, press } = await shown();
    expect(active()).toEqual(['ant']);
    await press('ArrowDown', 40);
    expect(active()).toEqual(['bee']);
    await press('ArrowUp', 38);
    await press('ArrowUp', 38);
    expect(active()).toEqual(['bat']);
  });

  it('picks by Enter and by a click, and follows the pointer', async () => {
    const { finder, fixture, options, active, press } = await shown();
    await press('ArrowDown', 40);
    await press('Enter', 13);
    expect(finder.picked()).toBe('bee');
    options()[2]?.dispatchEvent(new MouseEvent('mousemove', { bubbles: true }));
    await fixture.whenStable();
    expect(active()).toEqual(['bat']);
    options()[0]?.click();
    expect(finder.picked()).toBe('ant');
  });

  it('begins again with other choices, and has none where nothing is found', async () => {
    const { finder, fixture, active, press } = await shown();
    await press('ArrowUp', 38);
    finder.query.set('b');
    await fixture.whenStable();
    expect(active()).toEqual(['bee']);
    finder.query.set('x');
    await fixture.whenStable();
    expect(active()).toEqual([]);
    await press('Enter', 13);
    expect(finder.picked()).toBeNull();
  });
});
