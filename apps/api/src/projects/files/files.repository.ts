import type { FileView, ManifestEntry } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, Types } from 'mongoose';
import { isDuplicate, objectId } from '../../platform/database/ids.js';
import { FILE_MODEL, type FileDocument } from './file.schema.js';

const view = ({ path, size, mode, mtime, sha256 }: Omit<FileDocument, '_id' | 'projectId'>): FileView => ({
  path,
  size,
  mode,
  mtime: mtime.toISOString(),
  sha256,
});
/** Matches all paths below a folder by the index: '0' is the character after '/'. */
const below = (folder: string) => ({ $gte: `${folder}/`, $lt: `${folder}0` });
/** The folders above a path, outermost first. */
const above = (path: string) =>
  path
    .split('/')
    .slice(0, -1)
    .map((_part, index, parts) => parts.slice(0, index + 1).join('/'));

/** All files of a project, or those below a folder. */
interface Filter {
  projectId: Types.ObjectId;
  path?: ReturnType<typeof below>;
}

/** Files of one command to the database. */
const CHUNK = 1_000;

/** The head of each project: one document for each file. The caller has checked the project's owner. */
@Injectable()
export class FilesRepository {
  constructor(@InjectModel(FILE_MODEL) private readonly files: Model<FileDocument>) {}

  list(projectId: string): Promise<FileView[]> {
    return this.found({ projectId: objectId(projectId) });
  }

  /** The same, in pages of a thousand. */
  pages(projectId: string): AsyncIterable<FileView[]> {
    return this.pagesOf({ projectId: objectId(projectId) });
  }

  async get(projectId: string, path: string): Promise<FileView | null> {
    const found = await this.files.findOne({ projectId: objectId(projectId), path }).lean();
    return found && view(found);
  }

  listBelow(projectId: string, folder: string): Promise<FileView[]> {
    return this.found({ projectId: objectId(projectId), path: below(folder) });
  }

  async hasBelow(projectId: string, folder: string): Promise<boolean> {
    return (await this.files.exists({ projectId: objectId(projectId), path: below(folder) })) !== null;
  }

  async count(projectId: string): Promise<number> {
    return this.files.countDocuments({ projectId: objectId(projectId) });
  }

  /** A file that stands where `path` needs a folder, or a file below `path` as a folder. */
  async obstacle(projectId: string, path: string): Promise<{ path: string; kind: 'file' | 'folder' } | null> {
    const id = objectId(projectId);
    const folders = above(path);
    const file =
      folders.length === 0 ? null : await this.files.findOne({ projectId: id, path: { $in: folders } }).lean();
    if (file !== null) return { path: file.path, kind: 'file' };
    const child = await this.files.findOne({ projectId: id, path: below(path) }).lean();
    return child && { path, kind: 'folder' };
  }

  /** Creates a file; false when there is one already. */
  async insert(projectId: string, { path, size, mode, sha256 }: ManifestEntry): Promise<boolean> {
    try {
      await this.files.create({ projectId: objectId(projectId), path, size, mode, sha256, mtime: new Date() });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /**
   * Replaces a file's bytes if its present ones are `expected` (any, when null); false when they are not, or no file is
   * there.
   */
  async replace(
    projectId: string,
    { path, size, mode, sha256 }: ManifestEntry,
    expected: string | null,
  ): Promise<boolean> {
    const filter = { projectId: objectId(projectId), path, ...(expected !== null && { sha256: expected }) };
    const { matchedCount } = await this.files.updateOne(filter, { $set: { size, mode, sha256, mtime: new Date() } });
    return matchedCount === 1;
  }

  async delete(projectId: string, path: string, expected: string | null): Promise<boolean> {
    const { deletedCount } = await this.files.deleteOne({
      projectId: objectId(projectId),
      path,
      ...(expected !== null && { sha256: expected }),
    });
    return deletedCount === 1;
  }

  async deleteBelow(projectId: string, folder: string): Promise<number> {
    return (await this.files.deleteMany({ projectId: objectId(projectId), path: below(folder) })).deletedCount;
  }

  /** Deletes some of the project's files; answers whether there were any. */
  async deleteSome(projectId: string): Promise<boolean> {
    const some = await this.files
      .find({ projectId: objectId(projectId) }, { _id: 1 })
      .limit(CHUNK)
      .lean();
    if (some.length > 0) await this.files.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } });
    return some.length > 0;
  }

  /** Gives each file its new path. */
  async rename(projectId: string, moves: { from: string; to: string }[]): Promise<void> {
    const id = objectId(projectId);
    for (let start = 0; start < moves.length; start += CHUNK) {
      await this.files.bulkWrite(
        moves.slice(start, start + CHUNK).map(({ from, to }) => ({
          updateOne: { filter: { projectId: id, path: from }, update: { $set: { path: to } } },
        })),
      );
    }
  }

  /** Writes each file over what is there. */
  async upsertAll(projectId: string, entries: ManifestEntry[]): Promise<void> {
    const mtime = new Date();
    const id = objectId(projectId);
    for (let start = 0; start < entries.length; start += CHUNK) {
      await this.files.bulkWrite(
        entries.slice(start, start + CHUNK).map(({ path, size, mode, sha256 }) => ({
          updateOne: { filter: { projectId: id, path }, update: { $set: { size, mode, sha256, mtime } }, upsert: true },
        })),
      );
    }
  }

  /** Fills an empty project. */
  async insertAll(projectId: string, entries: ManifestEntry[]): Promise<void> {
    const mtime = new Date();
    const id = objectId(projectId);
    for (let start = 0; start < entries.length; start += CHUNK) {
      await this.files.insertMany(
        entries.slice(start, start + CHUNK).map((entry) => ({ ...entry, projectId: id, mtime })),
      );
    }
  }

  /** The blobs of all files of all projects. */
  async *allBlobs(): AsyncIterable<string> {
    for await (const { sha256 } of this.files.find({}, { sha256: 1 }).lean().cursor({ batchSize: CHUNK })) yield sha256;
  }

  private async found(filter: Filter): Promise<FileView[]> {
    const found: FileView[] = [];
    for await (const page of this.pagesOf(filter)) for (const file of page) found.push(file);
    return found;
  }

  /** By the driver's own cursor, which gives what came in one part as it is. */
  private async *pagesOf(filter: Filter): AsyncIterable<FileView[]> {
    const cursor = this.files.collection.find<FileDocument>(filter, { sort: { path: 1 }, batchSize: CHUNK });
    try {
      while (await cursor.hasNext()) yield cursor.readBufferedDocuments().map(view);
    } finally {
      await cursor.close();
    }
  }
}
