import { setTimeout as sleep } from 'node:timers/promises';
import { Hook } from './hook.js';

describe('a hook', () => {
  it('awaits each handler before it begins the next', async () => {
    const hook = new Hook<[name: string]>();
    const steps: string[] = [];
    hook.add(async (name) => {
      await sleep(5);
      steps.push(`first ${name}`);
    });
    hook.add((name) => void steps.push(`second ${name}`));
    await hook.run('a');
    expect(steps).toEqual(['first a', 'second a']);
  });

  it('gives an error of a handler to its caller, and goes no further', async () => {
    const hook = new Hook<[]>();
    const steps: string[] = [];
    hook.add(() => Promise.reject(new Error('no')));
    hook.add(() => void steps.push('second'));
    await expect(hook.run()).rejects.toThrow('no');
    expect(steps).toEqual([]);
  });
});
