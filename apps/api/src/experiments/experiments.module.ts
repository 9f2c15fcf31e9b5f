import { Module } from '@nestjs/common';
import { KnobsModule } from '../projects/knobs/knobs.module.js';
import { ResultsModule } from '../results/results.module.js';
import { RunRecordsModule } from '../run-records/run-records.module.js';
import { EvidenceController } from './evidence/evidence.controller.js';
import { EvidenceService } from './evidence/evidence.service.js';
import { Goals } from './evidence/goals.service.js';

/** What many runs tell together: evidence for the effect of a knob. */
@Module({
  imports: [KnobsModule, ResultsModule, RunRecordsModule],
  controllers: [EvidenceController],
  providers: [EvidenceService, Goals],
})
export class ExperimentsModule {}
