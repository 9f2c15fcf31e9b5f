import { statfs } from 'node:fs/promises';
import { Controller, Get, Inject, Res, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { ReadinessSchema, type Readiness } from '@mle/protocol';
import type { Response } from 'express';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { Public } from '../../platform/http/current-user.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { Returns } from '../../platform/http/zod.js';
import { MachinesService } from '../../machines/machines.service.js';
import { RedisService } from '../../platform/redis/redis.service.js';
import { ReadinessChecks } from './readiness-checks.js';

/** Below this, no new run is begun. */
const MIN_FREE_BYTES = 1024 ** 3;

@Public()
@Controller()
export class HealthController implements OnModuleInit {
  constructor(
    private readonly checks: ReadinessChecks,
    private readonly redis: RedisService,
    private readonly machines: MachinesService,
    @InjectConnection() private readonly connection: Connection,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.checks.add('database', async () => {
      await this.connection.db?.admin().ping();
      return { ok: this.connection.db !== undefined, detail: 'The database answers.' };
    });
    this.checks.add('redis', async () => {
      await this.redis.ping();
      return { ok: true, detail: 'Redis answers.' };
    });
    this.checks.add('machine', async () => {
      const count = await this.machines.onlineCount();
      return { ok: count > 0, detail: count === 0 ? 'No machine is online.' : count === 1 ? '1 machine is online.' : `${count} machines are online.` };
    });
    this.checks.add('disk', async () => {
      const { bavail, bsize } = await statfs(this.config.dataDir);
      const free = bavail * bsize;
      return { ok: free >= MIN_FREE_BYTES, detail: `${(free / 1024 ** 3).toFixed(1)} GB free, 1.0 GB needed.` };
    });
  }

  @Get('healthz')
  @Returns(200, z.object({ ok: z.literal(true) }), 'Whether the process serves')
  live(): { ok: true } {
    return { ok: true };
  }

  @Get('readyz')
  @Returns(200, ReadinessSchema, 'Whether a run could start now')
  @Returns(503, ReadinessSchema)
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.checks.run();
    response.status(readiness.ready ? 200 : 503).set('Cache-Control', 'no-store');
    return readiness;
  }
}
