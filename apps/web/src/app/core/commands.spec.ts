import { Component, inject, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { type Command, Commands } from './commands';

const command = (name: string): Command => ({ name, icon: 'play', run: () => undefined });
const running = signal(false);

@Component({ selector: 'mle-frame-like', template: '' })
class FrameLike {
  constructor() {
    inject(Commands).offer(() => [command('Log out')]);
  }
}

@Component({ selector: 'mle-page-like', template: '' })
class PageLike {
  constructor() {
    inject(Commands).offer(() => [command('Go'), ...(running() ? [command('Stop')] : [])]);
  }
}

it('lists what the page in front can do now, then what every page does', () => {
  const names = () =>
    TestBed.inject(Commands)
      .list()
      .map(({ name }) => name);
  TestBed.createComponent(FrameLike);
  const page = TestBed.createComponent(PageLike);
  expect(names()).toEqual(['Go', 'Log out']);
  running.set(true);
  expect(names()).toEqual(['Go', 'Stop', 'Log out']);
  page.destroy();
  expect(names()).toEqual(['Log out']);
});
