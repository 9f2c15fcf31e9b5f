import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { KnobsController } from './knobs.controller.js';
import { KnobsService } from './knobs.service.js';

@Module({
  imports: [FilesModule],
  controllers: [KnobsController],
  providers: [KnobsService],
  exports: [KnobsService],
})
export class KnobsModule {}
