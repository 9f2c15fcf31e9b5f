import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@mle/testing';
import { GpuUsage, readGpuUsage } from './gpu-usage.js';
import { LoadSampler } from './load.js';
import { disks, MachineUsage, networks } from './machine-usage.js';
import { ProcessUsage } from './process-usage.js';

describe('the use of a machine', () => {
  it('is read from what the kernel tells', () => {
    expect(
      disks(
        '   8 0 sda 10 0 100 5 20 0 200 6 0 0 0\n   8 1 sda1 9 0 90 5 19 0 190 6 0 0 0\n 7 0 loop0 1 0 1 1 1 0 1 1 0 0 0\n 259 0 nvme0n1 1 0 10 1 1 0 20 1 0 0 0\n',
      ),
    ).toEqual({ diskRead: 110 * 512, diskWritten: 220 * 512 });
    expect(
      networks(
        'Inter-| Receive\n face |bytes\n    lo: 500 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n  eth0:1000 1 0 0 0 0 0 0 70 1 0 0 0 0 0 0\n',
      ),
    ).toEqual({ received: 1000, sent: 70 });
    expect(readGpuUsage('90, 1024\n50, 1024\n')).toEqual({ gpu: 0.7, gpuMemory: 2 ** 31 });
    expect(readGpuUsage('[N/A], 5\n')).toEqual({});
  });

  it('is sampled', async () => {
    const usage = new MachineUsage(new GpuUsage(() => false, ''));
    const until = Date.now() + 300;
    while (Date.now() < until) Math.random();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { cpu = 0, memory = 0 } = usage.sample();
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThanOrEqual(1);
    expect(memory).toBeGreaterThan(2 ** 20);
  });
});

test('all samplers share one answer of nvidia-smi', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mle-gpu-'));
  try {
    writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\necho asked >> ${folder}/asked\necho 30, 1024\n`, {
      mode: 0o755,
    });
    const gpus = new GpuUsage(() => true, `${folder}:/usr/bin:/bin`, 3_600_000);
    const [load, machine] = [new LoadSampler(gpus), new MachineUsage(gpus)];
    await until('both know it', () => {
      const busyUntil = performance.now() + 20;
      while (performance.now() < busyUntil) Math.random();
      return load.sample().gpu === 0.3 && machine.sample().gpuMemory === 2 ** 30;
    });
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('asked\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the use of a run', () => {
  it('is that of its whole tree, also of a child in a session of its own', async () => {
    // The first process does nothing; its child holds memory and a core, in a session of its own.
    const busy = "const held = Buffer.alloc(64 * 2 ** 20, 1); process.stdout.write('ready'); for (;;) held[0]++";
    const idle = `const { spawn } = require('node:child_process'); spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['-e', idle], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = child.pid as number;
    const usage = new ProcessUsage();
    try {
      await once(child.stdout, 'data');
      usage.sample([pid]);
      let seen = { cores: 0, bytes: 0 };
      for (let i = 0; i < 100 && seen.cores === 0; i++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        seen = usage.sample([pid]).get(pid) ?? seen;
      }
      expect(seen.cores).toBeGreaterThan(0);
      expect(seen.bytes).toBeGreaterThan(96 * 2 ** 20);
      expect(usage.sample([2 ** 22 + 1]).size).toBe(0);
    } finally {
      for (const found of childrenOf(pid)) process.kill(found, 'SIGKILL');
      process.kill(pid, 'SIGKILL');
    }
  });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
}
