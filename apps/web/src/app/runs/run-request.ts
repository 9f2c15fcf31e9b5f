import type { CreateRun, RunView } from '@mle/protocol';

/** The request that would make such a run again, with today's files. What was left out stays out. */
export function requestOf(run: RunView): CreateRun {
  const has = (value: object): boolean => Object.keys(value).length > 0;
  return {
    projectId: run.projectId,
    ...(run.file !== null ? { file: run.file } : { command: run.command ?? '' }),
    ...(run.args.length > 0 && { args: run.args }),
    ...(has(run.params) && { params: run.params }),
    ...(has(run.env) && { env: run.env }),
    ...(run.target && { target: run.target }),
    ...(run.needs && { needs: run.needs }),
    ...(run.priority !== 0 && { priority: run.priority }),
    ...(run.timeoutSeconds !== null && { timeoutSeconds: run.timeoutSeconds }),
    ...(run.retry && { retry: run.retry }),
    ...(run.clean && { clean: true }),
    ...(run.tags.length > 0 && { tags: run.tags }),
    ...(run.note !== '' && { note: run.note }),
    ...(run.seed !== 0 && { seed: run.seed }),
  };
}
