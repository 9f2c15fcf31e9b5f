import { IdSchema, type KnobList, KnobListSchema, type KnobQuery, KnobQuerySchema } from '@mle/protocol';
import { Controller, Get } from '@nestjs/common';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { centred } from './centred.js';
import { KnobsService } from './knobs.service.js';

@Controller('api/v1/projects/:id/knobs')
export class KnobsController {
  constructor(private readonly knobs: KnobsService) {}

  @Get()
  @Returns(
    200,
    KnobListSchema,
    'What a person may turn in a file: constants, options and parameters, with values to try',
  )
  async list(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(KnobQuerySchema) query: KnobQuery,
  ): Promise<KnobList> {
    const knobs = await this.knobs.list(user.id, id, query.file, query.runId);
    return { items: knobs.map((knob) => centred(knob, query[`at.${knob.name}`])) };
  }
}
