import { ChangeDetectionStrategy, Component, computed, inject, resource } from '@angular/core';
import { bytes } from '../core/format';
import { reloadWhenBack } from '../core/reload-when-back';
import { Notice } from '../ui/notice';
import { SettingsApi } from './settings-api';

/** What one keeps, and a warning where it is more than one may. */
@Component({
  selector: 'mle-usage-line',
  imports: [Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (kept.hasValue()) {
      <p class="muted">{{ line() }}</p>
      @if (above()) {
        <mle-notice tone="warn" icon="alert">
          You keep more than you may now. Nothing of it is deleted; to make more, delete what you do not need, or ask an
          administrator to raise the limit.
        </mle-notice>
      }
    }
  `,
})
export class UsageLine {
  private readonly api = inject(SettingsApi);
  protected readonly kept = resource({
    loader: async () => {
      const [usage, quotas] = await Promise.all([this.api.usage(), this.api.quotas()]);
      return { usage, quotas };
    },
  });
  protected readonly line = computed(() => {
    const { usage, quotas } = this.kept.value() ?? {};
    if (!usage || !quotas) return '';
    const [projects, runs] = [usage.projects.toLocaleString('en'), usage.runs.toLocaleString('en')];
    const stored = bytes(usage.fileBytes + usage.runBytes);
    return (
      `You keep ${projects} of ${quotas.projects.toLocaleString('en')} projects, ` +
      `${runs} of ${quotas.runs.toLocaleString('en')} runs, and ${stored} of ${bytes(quotas.bytes)}.`
    );
  });
  protected readonly above = computed(() => {
    const { usage, quotas } = this.kept.value() ?? {};
    if (!usage || !quotas) return false;
    const stored = usage.fileBytes + usage.runBytes;
    return usage.projects > quotas.projects || usage.runs > quotas.runs || stored > quotas.bytes;
  });

  constructor() {
    reloadWhenBack(this.kept);
  }
}
