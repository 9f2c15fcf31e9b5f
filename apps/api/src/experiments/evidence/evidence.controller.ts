import { type Evidence, type EvidenceQuery, EvidenceQuerySchema, EvidenceSchema } from '@mle/protocol';
import { Controller, Get } from '@nestjs/common';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns, ZodQuery } from '../../platform/http/zod.js';
import { EvidenceService } from './evidence.service.js';

@Controller('api/v1/runs/evidence')
export class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  @Get()
  @Returns(200, EvidenceSchema, 'What made the difference between runs, paired by seed, and how sure that is')
  ofRuns(@CurrentUser() user: AuthUser, @ZodQuery(EvidenceQuerySchema) query: EvidenceQuery): Promise<Evidence> {
    return this.evidence.ofRuns(user.id, query);
  }
}
