import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../../platform/http/current-user.js';
import { Returns } from '../../platform/http/zod.js';
import { MonitoringService } from './monitoring.service.js';

/** Open as `healthz` is: a scraper logs in nowhere, and it gets counts without names. */
@Public()
@Controller()
export class MonitoringController {
  constructor(private readonly monitoring: MonitoringService) {}

  @Get('metrics')
  @Returns(200, 'binary', 'What the server counts, in the text format of Prometheus')
  async metrics(@Res() response: Response): Promise<void> {
    response
      .set({ 'Content-Type': this.monitoring.contentType, 'Cache-Control': 'no-store' })
      .send(await this.monitoring.text());
  }
}
