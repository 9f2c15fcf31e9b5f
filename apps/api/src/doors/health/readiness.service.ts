import { statfs } from 'node:fs/promises';
import type { Readiness } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { MachinesService } from '../../machines/machines.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { RedisService } from '../../platform/redis/redis.service.js';

type Name = Readiness['checks'][number]['name'];
interface CheckResult {
  ok: boolean;
  /** For a person: what is there, or what is missing. */
  detail: string;
}
type Check = () => Promise<CheckResult>;

const CHECK_MS = 3_000;
/** Below this, no new run is begun. */
const MIN_FREE_BYTES = 1024 ** 3;

/** What has to hold before a run could start. */
@Injectable()
export class ReadinessService {
  private readonly checks: Record<Name, Check> = {
    database: async () => {
      await this.connection.db?.admin().ping();
      return { ok: this.connection.db !== undefined, detail: 'The database answers.' };
    },
    redis: async () => {
      await this.redis.ping();
      return { ok: true, detail: 'Redis answers.' };
    },
    machine: async () => {
      const count = await this.machines.onlineCount();
      if (count === 0) return { ok: false, detail: 'No machine is online.' };
      return { ok: true, detail: count === 1 ? '1 machine is online.' : `${count} machines are online.` };
    },
    disk: async () => {
      const { bavail, bsize } = await statfs(this.config.dataDir);
      const free = bavail * bsize;
      return { ok: free >= MIN_FREE_BYTES, detail: `${(free / 1024 ** 3).toFixed(1)} GB free, 1.0 GB needed.` };
    },
  };

  constructor(
    private readonly redis: RedisService,
    private readonly machines: MachinesService,
    @InjectConnection() private readonly connection: Connection,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async look(): Promise<Readiness> {
    const named = Object.entries(this.checks) as [Name, Check][];
    const checks = await Promise.all(named.map(async ([name, check]) => ({ name, ...(await bounded(check)) })));
    return { ready: checks.every(({ ok }) => ok), checks };
  }
}

/** A check that fails or hangs counts as not ready. */
async function bounded(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: 'It does not answer.' }), CHECK_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : 'It does not answer.' };
  } finally {
    clearTimeout(timer);
  }
}
