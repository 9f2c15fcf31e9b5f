import { Injectable } from '@nestjs/common';
import type { Readiness } from '@mle/protocol';

type Name = Readiness['checks'][number]['name'];
export interface CheckResult {
  ok: boolean;
  /** For a person: what is there, or what is missing. */
  detail: string;
}
type Check = () => Promise<CheckResult> | CheckResult;

const CHECK_MS = 3_000;

/** What has to hold before a run could start. Each part of the server adds its own check. */
@Injectable()
export class ReadinessChecks {
  private readonly checks = new Map<Name, Check>();

  add(name: Name, check: Check): void {
    this.checks.set(name, check);
  }

  async run(): Promise<Readiness> {
    const checks = await Promise.all([...this.checks].map(async ([name, check]) => ({ name, ...(await bounded(check)) })));
    return { ready: checks.every(({ ok }) => ok), checks };
  }
}

/** A check that fails or hangs counts as not ready. */
async function bounded(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: 'It does not answer.' }), CHECK_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : 'It does not answer.' };
  } finally {
    clearTimeout(timer);
  }
}
