import { until } from '@mle/testing';
import { TestServer } from '../../test/test-server.js';
import { TestWorker } from '../../test/test-worker.js';

test('of six workers that start at once after a crash one runs on the data directory @full', async () => {
  const server = await TestServer.start();
  const first = new TestWorker(server);
  await first.start();
  await first.signal('SIGKILL');
  const others = Array.from({ length: 5 }, () => new TestWorker(server, { args: ['--data', first.dataDir] }));
  const six = [first, ...others];
  for (const worker of six) worker.launch();
  await until('five have ended', () => six.filter(({ ended }) => ended).length === 5);
  const [holder] = six.filter(({ ended }) => !ended);
  await until('one is ready', () => holder?.stdout.includes('"worker ready"') === true);
  for (const refused of six.filter((worker) => worker !== holder)) {
    expect(await refused.exited()).toBe(2);
    expect(refused.stderr).toMatch(/^Another worker \(process \d+\) uses /);
  }
  expect(server.hellos).toHaveLength(2);
  // It uses the directory of the first, which is cleared first.
  await holder?.signal('SIGKILL');
  for (const worker of six) await worker.clear();
  await server.close();
});
