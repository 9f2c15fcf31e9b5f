import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { QuotasModule } from '../../platform/quotas/quotas.module.js';
import { ProjectsModule } from '../projects.module.js';
import { FILE_MODEL, FileSchema } from './file.schema.js';
import { FilesController } from './files.controller.js';
import { FilesRepository } from './files.repository.js';
import { FilesService } from './files.service.js';
import { UploadsService } from './uploads.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: FILE_MODEL, schema: FileSchema }]),
    ProjectsModule,
    BlobsModule,
    QuotasModule,
  ],
  controllers: [FilesController],
  providers: [FilesRepository, FilesService, UploadsService],
  exports: [FilesService, FilesRepository],
})
export class FilesModule {}
