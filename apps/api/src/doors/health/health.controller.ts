import { type Readiness, ReadinessSchema } from '@mle/protocol';
import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { Public } from '../../platform/http/current-user.js';
import { Returns } from '../../platform/http/zod.js';
import { ReadinessService } from './readiness.service.js';

@Public()
@Controller()
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('healthz')
  @Returns(200, z.object({ ok: z.literal(true) }), 'Whether the process serves')
  live(): { ok: true } {
    return { ok: true };
  }

  @Get('readyz')
  @Returns(200, ReadinessSchema, 'Whether a run could start now')
  @Returns(503, ReadinessSchema)
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.readiness.look();
    response.status(readiness.ready ? 200 : 503).set('Cache-Control', 'no-store');
    return readiness;
  }
}
