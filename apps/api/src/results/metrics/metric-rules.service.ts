import { createHash } from 'node:crypto';
import { type MetricDirection, metricDirection, type MetricRules, NO_METRIC_RULES } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { ProjectRemover } from '../../projects/project-remover.service.js';
import { RunReadingsRepository } from '../../run-records/run-readings.repository.js';
import { MetricRulesDocument } from './metric-rules.schema.js';
import { NO_RULES, type ReadingRules } from './reader/reading-rules.js';

/** What each project changes in what is found, and whether its runs are read again. */
@Injectable()
export class MetricRulesService {
  constructor(
    @InjectModel(MetricRulesDocument.name) private readonly documents: Model<MetricRulesDocument>,
    private readonly runs: RunReadingsRepository,
    remover: ProjectRemover,
  ) {
    remover.add(async (projectId) => {
      await this.documents.deleteOne({ projectId });
      return false;
    });
  }

  async ofRun(runId: string): Promise<ReadingRules> {
    const projectId = await this.runs.projectOf(runId);
    return projectId === null ? NO_RULES : readingRules(await this.of(projectId));
  }

  async of(projectId: string): Promise<MetricRules> {
    const found = await this.documents.findOne({ projectId }).lean();
    return found ? { ...NO_METRIC_RULES, ...(JSON.parse(found.rules) as Partial<MetricRules>) } : NO_METRIC_RULES;
  }

  /** Which values of a metric are the better ones: the project's own word counts more than the name. */
  async directions(projectId: string): Promise<(name: string) => MetricDirection | null> {
    const { direction, renamed } = await this.of(projectId);
    const originals = new Map(Object.entries(renamed).map(([original, shown]) => [shown, original]));
    return (name) => direction[originals.get(name) ?? name] ?? metricDirection(name);
  }

  async keep(projectId: string, rules: MetricRules): Promise<void> {
    await this.set(projectId, { rules: JSON.stringify(rules), cancelled: null });
  }

  /** The rules by which reading again was cancelled. */
  async cancelled(projectId: string): Promise<string | null> {
    return (await this.documents.findOne({ projectId }).lean())?.cancelled ?? null;
  }

  async cancel(projectId: string, readBy: string | null): Promise<void> {
    await this.set(projectId, { cancelled: readBy });
  }

  private async set(projectId: string, change: Partial<MetricRulesDocument>): Promise<void> {
    const made = { rules: JSON.stringify(NO_METRIC_RULES) };
    await this.documents.updateOne(
      { projectId },
      { $set: change, ...(change.rules === undefined && { $setOnInsert: made }) },
      { upsert: true },
    );
  }
}

/** Which way is better does not change what is read. */
export function readingRules({ hidden, renamed, axis, patterns }: MetricRules): ReadingRules {
  const rules = { hidden, renamed: Object.entries(renamed), axes: Object.entries(axis), patterns };
  const text = JSON.stringify(rules);
  const isPlain = Object.values(rules).every((part) => part.length === 0);
  return { key: isPlain ? NO_RULES.key : createHash('sha256').update(text).digest('hex').slice(0, 16), ...rules };
}
