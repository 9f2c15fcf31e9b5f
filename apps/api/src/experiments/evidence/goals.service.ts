import { type EvidenceQuery, type Goal, metricWords } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { badRequest } from '../../platform/http/problem.js';
import { MetricRulesService } from '../../results/metrics/metric-rules.service.js';
import type { RunRecord } from '../../run-records/run-view.js';

/** What was not learnt from tells more. */
const UNSEEN = new Set(['val', 'valid', 'validation', 'test', 'eval', 'evaluation', 'dev']);
const DIRECTIONS = { lower: 'min', higher: 'max' } as const;

/** Finds what runs are judged by. */
@Injectable()
export class Goals {
  constructor(private readonly rules: MetricRulesService) {}

  /** What was asked for; the rest follows from the names of the run's metrics. @throws ProblemError 400 */
  async of(run: RunRecord, { metric, direction, at }: Omit<EvidenceQuery, 'ids'>): Promise<Goal> {
    const directions = await this.rules.directions(run.projectId);
    const known = (name: string): Goal['direction'] | null => {
      const better = directions(name);
      return better && DIRECTIONS[better];
    };
    const names = [...new Set([...(run.metrics ?? []), ...(run.finals ?? [])].map(({ name }) => name))];
    const judged = names.filter((name) => known(name) !== null);
    const name = metric ?? judged.find((each) => metricWords(each).some((word) => UNSEEN.has(word))) ?? judged[0];
    if (name === undefined)
      throw badRequest('evidence.metric', `Name the metric to judge by. Run ${run.number} printed ${listOf(names)}.`);
    const better = direction ?? known(name);
    if (better === null)
      throw badRequest('evidence.direction', `Say whether less or more of ${name} is better: direction=min or max.`);
    return { metric: name, direction: better, at };
  }
}

const MOST_NAMED = 10;

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'no numbers';
  return names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ', …' : '');
}
