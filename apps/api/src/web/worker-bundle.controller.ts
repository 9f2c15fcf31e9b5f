import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/current-user.js';
import { CONFIG, type Config } from '../config/config.js';
import { notFound } from '../http/problem.js';
import { sendStream } from '../http/send-bytes.js';
import { Returns } from '../http/zod.js';

/** The worker as one file, of the same version as this server. It holds no secret. */
@Public()
@Controller('worker')
export class WorkerBundleController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get('worker.mjs')
  @Returns(200, 'binary', 'The worker program')
  async bundle(@Res() response: Response): Promise<void> {
    const { workerBundle } = this.config;
    const size = await stat(workerBundle).then(({ size: bytes }) => bytes, () => null);
    if (size === null) throw notFound('worker_bundle', 'The worker is not built. Run npm run build on the server.');
    response.set({ 'Content-Type': 'text/javascript; charset=utf-8', 'Content-Length': String(size), 'Cache-Control': 'no-cache' });
    await sendStream(createReadStream(workerBundle), response);
  }
}
