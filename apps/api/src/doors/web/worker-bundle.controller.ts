import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { Public } from '../../platform/http/current-user.js';
import { notFound } from '../../platform/http/problem.js';
import { sendStream } from '../../platform/http/send-bytes.js';
import { Returns } from '../../platform/http/zod.js';

/** The worker as one file, of the same version as this server. It holds no secret. */
@Public()
@Controller('worker')
export class WorkerBundleController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get('worker.mjs')
  @Returns(200, 'binary', 'The worker program')
  async bundle(@Res() response: Response): Promise<void> {
    await this.send(this.config.workerBundle, 'text/javascript', response);
  }

  @Get('install.sh')
  @Returns(200, 'binary', 'The shell script that installs the worker on a computer')
  async installer(@Res() response: Response): Promise<void> {
    await this.send(this.config.workerInstaller, 'text/x-shellscript', response);
  }

  private async send(file: string, type: string, response: Response): Promise<void> {
    const size = await stat(file).then(
      ({ size: bytes }) => bytes,
      () => null,
    );
    if (size === null) throw notFound('worker_bundle', 'The worker is not built. Run npm run build on the server.');
    response.set({
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Length': String(size),
      'Cache-Control': 'no-cache',
    });
    await sendStream(createReadStream(file), response);
  }
}
