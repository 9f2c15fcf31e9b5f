import { inject, Injectable, type Signal, signal, type WritableSignal } from '@angular/core';
import type { MetricDirection, MetricRules, MetricSettings } from '@mle/protocol';
import { MetricSettingsApi } from './metric-settings-api';

/** While earlier runs are read again. */
const LOOK_EVERY_MS = 2_000;

/** What each project changes in what is found in the output of its runs. */
@Injectable({ providedIn: 'root' })
export class MetricSettingsStore {
  private readonly api = inject(MetricSettingsApi);
  private readonly known = new Map<string, WritableSignal<MetricSettings | null>>();

  /** Null until they are here. */
  of(projectId: string): Signal<MetricSettings | null> {
    const known = this.known.get(projectId);
    if (known) return known;
    const settings = signal<MetricSettings | null>(null);
    this.known.set(projectId, settings);
    void this.load(projectId);
    return settings;
  }

  /** Which way is better, where the project says it. */
  direction(projectId: string, name: string): MetricDirection | undefined {
    const settings = this.of(projectId)();
    return settings ? chosenDirection(settings, name) : undefined;
  }

  async save(projectId: string, rules: MetricRules): Promise<void> {
    this.take(projectId, await this.api.put(projectId, rules));
  }

  async cancel(projectId: string): Promise<void> {
    this.take(projectId, await this.api.cancel(projectId));
  }

  async resume(projectId: string): Promise<void> {
    this.take(projectId, await this.api.resume(projectId));
  }

  private async load(projectId: string): Promise<void> {
    try {
      this.take(projectId, await this.api.get(projectId));
    } catch {
      // Asked for again with the next look.
      this.known.delete(projectId);
    }
  }

  private take(projectId: string, settings: MetricSettings): void {
    this.known.get(projectId)?.set(settings);
    if (settings.rereading?.state === 'reading') setTimeout(() => void this.load(projectId), LOOK_EVERY_MS);
  }
}

/** `name` is the one that is shown. */
export function chosenDirection({ renamed, direction }: MetricRules, name: string): MetricDirection | undefined {
  const found = Object.keys(renamed).find((raw) => renamed[raw] === name) ?? name;
  return direction[found];
}

/** The rules without what the server says beside them. */
export function rulesOf({ hidden, renamed, axis, direction, patterns }: MetricSettings): MetricRules {
  return { hidden, renamed, axis, direction, patterns };
}
