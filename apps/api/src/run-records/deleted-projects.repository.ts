import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { DeletedProject } from './deleted-project.schema.js';

/** A deletion that is not finished. */
export interface Deletion {
  projectId: string;
  ownerId: string;
  deletedAt: Date;
}

/** Which projects are gone but for what is still removed of them: nobody sees their runs any more. */
@Injectable()
export class DeletedProjectsRepository {
  constructor(@InjectModel(DeletedProject.name) private readonly deleted: Model<DeletedProject>) {}

  /** From here on the project is being deleted, whatever becomes of this process. */
  async mark(ownerId: string, projectId: string): Promise<void> {
    await this.deleted.updateOne(
      { _id: objectId(projectId) },
      { $set: { ownerId, deletedAt: new Date() } },
      { upsert: true },
    );
  }

  /** In the order in which they were deleted. */
  async list(): Promise<Deletion[]> {
    return (await this.deleted.find().lean())
      .map(({ _id, ownerId, deletedAt }) => ({ projectId: _id.toHexString(), ownerId, deletedAt }))
      .sort((a, b) => a.deletedAt.getTime() - b.deletedAt.getTime());
  }

  async idsOf(ownerId: string): Promise<string[]> {
    return (await this.deleted.find({ ownerId }, { _id: 1 }).lean()).map(({ _id }) => _id.toHexString());
  }

  /** Nothing of the project is left. */
  async finish(projectId: string): Promise<void> {
    await this.deleted.deleteOne({ _id: objectId(projectId) });
  }
}
