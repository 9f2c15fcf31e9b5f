import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { QuotasModelSchema, StoredQuotas, StoredUsage, UsageModelSchema } from './quota.schemas.js';
import { QuotasRepository } from './quotas.repository.js';
import { QuotasService } from './quotas.service.js';
import { UsageReckoner } from './usage-reckoner.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: StoredQuotas.name, schema: QuotasModelSchema },
      { name: StoredUsage.name, schema: UsageModelSchema },
    ]),
  ],
  providers: [QuotasRepository, QuotasService, UsageReckoner],
  exports: [QuotasService, UsageReckoner],
})
export class QuotasModule {}
