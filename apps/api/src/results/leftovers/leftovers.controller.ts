import {
  type ArtifactQuery,
  ArtifactQuerySchema,
  IdSchema,
  type LeftoverChoice,
  LeftoverChoiceSchema,
  type LeftoverList,
  LeftoverListSchema,
  type LeftoverResult,
  LeftoverResultSchema,
} from '@mle/protocol';
import { Controller, Get, Post } from '@nestjs/common';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { LeftoversService } from './leftovers.service.js';

@Controller('api/v1/runs/:id/leftovers')
export class LeftoversController {
  constructor(private readonly leftovers: LeftoversService) {}

  @Get()
  @Returns(200, LeftoverListSchema, 'The files that a run left in its workspace, outside of MLE_OUTPUT_DIR')
  list(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(ArtifactQuerySchema) query: ArtifactQuery,
  ): Promise<LeftoverList> {
    return this.leftovers.list(user.id, id, query.attempt);
  }

  @Post('keep')
  @Returns(200, LeftoverResultSchema, 'Keeps files that the run left as artifacts, where they are still the same')
  keep(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(ArtifactQuerySchema) query: ArtifactQuery,
    @ZodBody(LeftoverChoiceSchema) body: LeftoverChoice,
  ): Promise<LeftoverResult> {
    return this.leftovers.keep(user.id, id, query.attempt, body);
  }

  @Post('remove')
  @Returns(
    200,
    LeftoverResultSchema,
    'Removes files that the run left from its workspace, where they are still the same',
  )
  remove(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(ArtifactQuerySchema) query: ArtifactQuery,
    @ZodBody(LeftoverChoiceSchema) body: LeftoverChoice,
  ): Promise<LeftoverResult> {
    return this.leftovers.remove(user.id, id, query.attempt, body);
  }
}
