import { Component, DestroyRef, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { comboOf, Hotkeys } from './hotkeys';

const pressed: string[] = [];

@Component({ selector: 'mle-first', template: '' })
class First {
  constructor() {
    inject(Hotkeys).bind({ 'Ctrl+S': () => pressed.push('first') });
  }
}

@Component({ selector: 'mle-second', template: '' })
class Second {
  constructor() {
    inject(Hotkeys).bind({ 'Ctrl+S': () => pressed.push('second') });
  }
}

const press = (init: KeyboardEventInit): boolean =>
  document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));

describe('comboOf', () => {
  it('spells keys in one way', () => {
    expect(comboOf({ key: 's', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false })).toBe('Ctrl+S');
    expect(comboOf({ key: 'Enter', ctrlKey: false, metaKey: true, altKey: false, shiftKey: true })).toBe(
      'Ctrl+Shift+Enter',
    );
    expect(comboOf({ key: '?', ctrlKey: false, metaKey: false, altKey: false, shiftKey: true })).toBe('?');
    expect(comboOf({ key: 'F6', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false })).toBe('F6');
  });
});

describe('Hotkeys', () => {
  beforeEach(() => pressed.splice(0));

  it('gives a key to the latest owner, and back when that is gone', () => {
    const first = TestBed.createComponent(First);
    const second = TestBed.createComponent(Second);
    expect(press({ key: 's', ctrlKey: true })).toBe(false);
    second.destroy();
    press({ key: 's', ctrlKey: true });
    first.destroy();
    expect(press({ key: 's', ctrlKey: true })).toBe(true);
    expect(pressed).toEqual(['second', 'first']);
  });

  it('leaves other keys alone', () => {
    TestBed.createComponent(First);
    expect(press({ key: 's' })).toBe(true);
    expect(pressed).toEqual([]);
  });

  it('rests single letters while one types, and takes two after one another', () => {
    const owner = TestBed.createComponent(Second);
    TestBed.runInInjectionContext(() =>
      TestBed.inject(Hotkeys).bind(
        { 'G R': () => pressed.push('runs'), X: () => pressed.push('x') },
        owner.componentRef.injector.get(DestroyRef),
      ),
    );
    const field = document.body.appendChild(document.createElement('input'));
    const type = (key: string) =>
      field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    for (const key of ['g', 'r', 'x']) expect(type(key)).toBe(true);
    press({ key: 'r' });
    press({ key: 'g' });
    press({ key: 'r' });
    press({ key: 'x' });
    expect(pressed).toEqual(['runs', 'x']);
    field.remove();
    owner.destroy();
  });
});
