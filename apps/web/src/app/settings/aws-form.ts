import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import type { AwsCheck, AwsSettingsView } from '@mle/protocol';
import { type RequestError, sentence, toRequestError } from '../core/problem';
import { InstancesStore } from '../instances/instances-store';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { SettingsApi } from './settings-api';

/** The keys of the AWS account, and a check of all that a launch needs. */
@Component({
  selector: 'mle-aws-form',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './aws-form.html',
  styles: `
    form {
      display: grid;
      gap: 12px;
      max-width: 420px;
      margin: 12px 0;
    }
    ul {
      display: grid;
      gap: 8px;
      padding: 0;
      list-style: none;
    }
    li {
      display: grid;
      grid-template-columns: 16px 132px 1fr;
      gap: 8px;
    }
    li.bad mle-icon {
      color: var(--danger);
    }
    li.ok mle-icon {
      color: var(--success);
    }
    pre {
      overflow-x: auto;
      max-height: 320px;
    }
    @media (max-width: 719px) {
      li {
        grid-template-columns: 16px 1fr;
      }
      li > :last-child {
        grid-column: 2;
      }
    }
  `,
})
export class AwsForm {
  private readonly api = inject(SettingsApi);
  private readonly instances = inject(InstancesStore);
  protected readonly settings = signal<AwsSettingsView | null>(null);
  protected readonly surroundings = signal(false);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly checking = signal(false);
  protected readonly check = signal<AwsCheck['items'] | null>(null);
  protected readonly trouble = signal<string | null>(null);

  constructor() {
    void this.act(() => this.api.aws());
  }

  protected async save(event: Event, accessKeyId: string, secretAccessKey: string, region: string): Promise<void> {
    event.preventDefault();
    const keys = this.surroundings() ? {} : { accessKeyId, secretAccessKey };
    if (await this.act(() => this.api.putAws({ region, ...keys }))) await this.look();
  }

  protected async forget(): Promise<void> {
    this.check.set(null);
    await this.act(() => this.api.removeAws());
  }

  protected async takeOver(): Promise<void> {
    await this.act(() => this.api.takeOverAws());
  }

  protected async look(): Promise<void> {
    this.checking.set(true);
    this.trouble.set(null);
    try {
      this.check.set((await this.api.checkAws()).items);
    } catch (error) {
      this.trouble.set(sentence(error));
    } finally {
      this.checking.set(false);
    }
  }

  private async act(send: () => Promise<AwsSettingsView>): Promise<boolean> {
    this.failure.set(null);
    try {
      this.settings.set(await send());
      void this.instances.load();
      return true;
    } catch (error) {
      this.failure.set(toRequestError(error));
      return false;
    }
  }
}
