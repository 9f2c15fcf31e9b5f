import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { ResourceRecord, ResourceRecordSchema } from './resource-record.schema.js';
import { ResourcesRepository } from './resources.repository.js';
import { ResourcesService } from './resources.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: ResourceRecord.name, schema: ResourceRecordSchema }]), RunRecordsModule],
  providers: [ResourcesRepository, ResourcesService],
  exports: [ResourcesService],
})
export class ResourcesModule {}
