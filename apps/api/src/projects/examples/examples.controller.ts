import { type ExampleView,ExampleViewSchema } from '@mle/protocol';
import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { Returns } from '../../platform/http/zod.js';
import { ExamplesService } from './examples.service.js';

@Controller('api/v1/examples')
export class ExamplesController {
  constructor(private readonly examples: ExamplesService) {}

  @Get()
  @Returns(200, z.object({ items: z.array(ExampleViewSchema) }), 'Examples that a project can be made from')
  async list(): Promise<{ items: ExampleView[] }> {
    return { items: await this.examples.list() };
  }
}
