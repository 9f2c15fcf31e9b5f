import { randomUUID } from 'node:crypto';
import { DEFAULT_PROJECT_SETTINGS, type ProjectSettings, type ProjectView, type UpdateProject } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { PROJECT_MODEL, type ProjectDocument } from './project.schema.js';

/** A change that has not ended after this time belongs to a server that is gone. */
const WRITE_ABANDONED_MS = 60_000;

const view = ({ _id, name, ownerId, revision, settings, createdAt, updatedAt }: ProjectDocument): ProjectView => ({
  id: String(_id),
  name,
  ownerId: String(ownerId),
  revision,
  settings: { ...DEFAULT_PROJECT_SETTINGS, ...settings },
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

@Injectable()
export class ProjectsRepository {
  constructor(@InjectModel(PROJECT_MODEL) private readonly projects: Model<ProjectDocument>) {}

  /** Rejects with a duplicate error when the owner has a project of that name. */
  async insert(ownerId: string, name: string, settings: ProjectSettings): Promise<ProjectView> {
    const now = new Date();
    const created = await this.projects.create({
      ownerId: objectId(ownerId),
      name,
      settings,
      createdAt: now,
      updatedAt: now,
    });
    return view(created.toObject());
  }

  async listOf(ownerId: string): Promise<ProjectView[]> {
    return (
      await this.projects
        .find({ ownerId: objectId(ownerId) })
        .sort({ name: 1 })
        .lean()
    ).map(view);
  }

  async countOf(ownerId: string): Promise<number> {
    return this.projects.countDocuments({ ownerId: objectId(ownerId) });
  }

  async owned(ownerId: string, id: string): Promise<ProjectView | null> {
    const found = await this.projects.findOne({ _id: objectId(id), ownerId: objectId(ownerId) }).lean();
    return found && view(found);
  }

  /** Sets the name and those of the settings that are given. */
  async change(ownerId: string, id: string, { name, settings = {} }: UpdateProject): Promise<ProjectView | null> {
    const set: Record<string, unknown> = { updatedAt: new Date(), ...(name !== undefined && { name }) };
    for (const [key, value] of Object.entries(settings)) if (value !== undefined) set[`settings.${key}`] = value;
    const found = await this.projects
      .findOneAndUpdate({ _id: objectId(id), ownerId: objectId(ownerId) }, { $set: set }, { returnDocument: 'after' })
      .lean();
    return found && view(found);
  }

  async delete(ownerId: string, id: string): Promise<boolean> {
    const { deletedCount } = await this.projects.deleteOne({ _id: objectId(id), ownerId: objectId(ownerId) });
    return deletedCount === 1;
  }

  /** The next number of a run, or null when the project is gone. */
  async nextRunNumber(id: string): Promise<number | null> {
    const found = await this.projects
      .findOneAndUpdate({ _id: objectId(id) }, { $inc: { runCounter: 1 } }, { returnDocument: 'after' })
      .lean();
    return found && found.runCounter;
  }

  /** Marks a change of files as begun: the revision is another from here on. Null when the project is gone. */
  async beginWrite(id: string): Promise<string | null> {
    const write = { id: randomUUID(), at: new Date() };
    const { matchedCount } = await this.projects.updateOne(
      { _id: objectId(id) },
      { $inc: { revision: 1 }, $push: { writes: write } },
    );
    return matchedCount === 1 ? write.id : null;
  }

  async endWrite(id: string, writeId: string): Promise<ProjectView | null> {
    const found = await this.projects
      .findOneAndUpdate(
        { _id: objectId(id) },
        { $inc: { revision: 1 }, $pull: { writes: { id: writeId } }, $set: { updatedAt: new Date() } },
        { returnDocument: 'after' },
      )
      .lean();
    return found && view(found);
  }

  /** The revision of the files; `settled` when no change of them is under way. */
  async revisionOf(id: string): Promise<{ revision: number; settled: boolean } | null> {
    const found = await this.projects.findById(objectId(id), { revision: 1, writes: 1 }).lean();
    if (found === null) return null;
    const alive = Date.now() - WRITE_ABANDONED_MS;
    return { revision: found.revision, settled: found.writes.every(({ at }) => at.getTime() < alive) };
  }
}
