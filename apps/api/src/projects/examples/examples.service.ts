import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ExampleView, FILE_MODES, type ManifestEntry } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { notFound } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';

/** example.json describes the example and is no part of the project made from it. */
const DESCRIPTION = 'example.json';
const DescriptionSchema = z.object({ title: z.string(), summary: z.string(), entry: z.string() });

const SAMPLE = 'first-training';
const SAMPLE_WITHOUT_PYTHON = 'first-training-js';

/** Projects that come with the program, to be run at once. */
@Injectable()
export class ExamplesService {
  constructor(
    private readonly blobs: BlobsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async list(): Promise<ExampleView[]> {
    const names = (await readdir(this.config.examplesDir, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
    const views = await Promise.all(names.map((name) => this.describe(name)));
    return views.filter((view) => view !== null);
  }

  /** @throws ProblemError 404 when there is none of that name. */
  async get(name: string): Promise<ExampleView> {
    const example = (await this.list()).find((view) => view.name === name);
    if (example === undefined) throw notFound('example', `There is no example ${name}. GET /api/v1/examples lists them.`);
    return example;
  }

  /** Stores the files of an example. */
  async files(name: string): Promise<ManifestEntry[]> {
    const folder = join(this.config.examplesDir, (await this.get(name)).name);
    const entries: ManifestEntry[] = [];
    for (const file of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const full = join(file.parentPath, file.name);
      const path = full.slice(folder.length + 1);
      if (!file.isFile() || path === DESCRIPTION) continue;
      const { mode } = await stat(full);
      entries.push({ path, mode: mode & 0o111 ? FILE_MODES.executable : FILE_MODES.plain, ...(await this.blobs.put(createReadStream(full))) });
    }
    return entries;
  }

  /**
   * What a new user begins with: in Python where this computer has it, else in JavaScript; null when neither is there.
   */
  async sample(): Promise<ExampleView | null> {
    const examples = await this.list();
    const wanted = (await hasPython()) ? SAMPLE : SAMPLE_WITHOUT_PYTHON;
    return examples.find(({ name }) => name === wanted) ?? examples.find(({ name }) => name === SAMPLE || name === SAMPLE_WITHOUT_PYTHON) ?? null;
  }

  private async describe(name: string): Promise<ExampleView | null> {
    try {
      const { title, summary } = DescriptionSchema.parse(JSON.parse(await readFile(join(this.config.examplesDir, name, DESCRIPTION), 'utf8')));
      return { name, title, summary };
    } catch (error) {
      logger.debug({ err: error, name }, 'an example without a usable example.json is left out');
      return null;
    }
  }
}

async function hasPython(): Promise<boolean> {
  return promisify(execFile)('python3', ['--version'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}
