import type { MetricPreview, MetricRules, MetricSettings, PreviewRequest } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/http/problem.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { RunReadingsRepository } from '../../run-records/run-readings.repository.js';
import { MetricPreviews } from './metric-preview.service.js';
import { MetricRulesService } from './metric-rules.service.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { Rereading } from './rereading.service.js';

/** What a project changes in what is found, for its owner. */
@Injectable()
export class MetricSettingsService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly owned: OwnedRuns,
    private readonly runs: RunReadingsRepository,
    private readonly rules: MetricRulesService,
    private readonly rereading: Rereading,
    private readonly ingest: MetricsIngest,
    private readonly previews: MetricPreviews,
  ) {}

  async get(userId: string, projectId: string): Promise<MetricSettings> {
    await this.projects.getOwned(userId, projectId);
    const [rules, rereading] = await Promise.all([this.rules.of(projectId), this.rereading.progress(projectId)]);
    return { ...rules, rereading };
  }

  async put(userId: string, projectId: string, rules: MetricRules): Promise<MetricSettings> {
    await this.projects.getOwned(userId, projectId);
    await this.rules.keep(projectId, rules);
    this.ingest.beginAgain(new Set(await this.runs.activeOf(projectId)));
    this.rereading.start(projectId);
    return this.get(userId, projectId);
  }

  async preview(userId: string, projectId: string, { runId, pattern }: PreviewRequest): Promise<MetricPreview> {
    const { run, ref } = await this.owned.attempt(userId, runId, undefined);
    if (run.projectId !== projectId) throw notFound('run');
    return this.previews.preview(ref, pattern);
  }

  async cancel(userId: string, projectId: string): Promise<MetricSettings> {
    await this.projects.getOwned(userId, projectId);
    await this.rereading.cancel(projectId);
    return this.get(userId, projectId);
  }

  async resume(userId: string, projectId: string): Promise<MetricSettings> {
    await this.projects.getOwned(userId, projectId);
    await this.rereading.resume(projectId);
    return this.get(userId, projectId);
  }
}
