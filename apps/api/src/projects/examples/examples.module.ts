import { Module } from '@nestjs/common';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { ExamplesController } from './examples.controller.js';
import { ExamplesService } from './examples.service.js';

@Module({ imports: [BlobsModule], controllers: [ExamplesController], providers: [ExamplesService], exports: [ExamplesService] })
export class ExamplesModule {}
