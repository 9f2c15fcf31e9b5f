import { jest } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { LaterPreloading } from './later-preloading';

it('loads a page a while after the first, and goes on without it when it does not come', () => {
  jest.useFakeTimers();
  const load = jest.fn(() => of(null));
  const ended: string[] = [];
  const strategy = new LaterPreloading();
  strategy.preload({}, load).subscribe({ complete: () => ended.push('loaded') });
  strategy
    .preload({}, () => throwError(() => new Error('away')))
    .subscribe({ complete: () => ended.push('not loaded') });
  jest.advanceTimersByTime(1000);
  expect(load).not.toHaveBeenCalled();
  jest.advanceTimersByTime(10_000);
  expect(ended).toEqual(['loaded', 'not loaded']);
  jest.useRealTimers();
});
