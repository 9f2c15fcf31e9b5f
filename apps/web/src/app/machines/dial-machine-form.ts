import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import type { MachineView } from '@mle/protocol';
import { type RequestError, toRequestError } from '../core/problem';
import { Notice } from '../ui/notice';
import { MachinesApi } from './machines-api';
import { MachinesStore } from './machines-store';

const FIELDS = ['url', 'token', 'fingerprint', 'name'];

/**
 * Connects to a worker that listens: what it printed at its start goes into the fields. The dialog around it holds the
 * button.
 */
@Component({
  selector: 'mle-dial-machine-form',
  imports: [Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p>
      For a machine that cannot reach this server.
      <a href="/worker/worker.mjs" download="worker.mjs">Download worker.mjs</a>, bring it there, and start it with
      <code>node worker.mjs --listen 7443</code>: it prints what is asked for here.
    </p>
    <form
      novalidate
      id="dial-machine"
      (submit)="
        connect($event, { url: url.value, fingerprint: fingerprint.value, token: token.value, name: name.value })
      "
    >
      <label class="field">
        <span class="label">Address</span>
        <input
          #url
          class="input mono"
          type="text"
          inputmode="url"
          placeholder="https://192.168.1.20:7443"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          required
          [attr.aria-invalid]="!!wrong('url')"
        />
        @if (wrong('url'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">Fingerprint of its certificate</span>
        <textarea
          #fingerprint
          class="input mono"
          rows="3"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          required
          [attr.aria-invalid]="!!wrong('fingerprint')"
        ></textarea>
        @if (wrong('fingerprint'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">Token, from the file that it names</span>
        <input
          #token
          class="input mono"
          type="password"
          autocomplete="off"
          required
          [attr.aria-invalid]="!!wrong('token')"
        />
        @if (wrong('token'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">Name, if not its own</span>
        <input
          #name
          class="input"
          type="text"
          autocomplete="off"
          spellcheck="false"
          [attr.aria-invalid]="!!wrong('name')"
        />
        @if (wrong('name'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      @if (general(); as text) {
        <mle-notice role="alert">{{ text }}</mle-notice>
      }
    </form>
  `,
  styles: `
    :host,
    form {
      display: grid;
      gap: 12px;
    }
    p a {
      text-decoration: underline;
      text-underline-offset: 2px;
    }
    textarea {
      resize: none;
    }
  `,
})
export class DialMachineForm {
  readonly arrived = output<MachineView>();
  private readonly api = inject(MachinesApi);
  private readonly store = inject(MachinesStore);
  readonly busy = signal(false);
  private readonly failure = signal<RequestError | null>(null);

  protected wrong(field: string): string | null {
    return this.failure()?.field(field) ?? null;
  }

  /** A problem of no single field. */
  protected general(): string | null {
    const failure = this.failure();
    return failure && !FIELDS.some((field) => failure.field(field)) ? failure.message : null;
  }

  protected async connect(
    event: Event,
    { url, token, fingerprint, name }: Record<'url' | 'token' | 'fingerprint' | 'name', string>,
  ): Promise<void> {
    event.preventDefault();
    this.busy.set(true);
    this.failure.set(null);
    try {
      const machine = await this.api.connect({
        url,
        token,
        fingerprint,
        ...(name.trim() !== '' && { name: name.trim() }),
      });
      this.store.put(machine);
      this.arrived.emit(machine);
    } catch (error) {
      this.failure.set(toRequestError(error));
    } finally {
      this.busy.set(false);
    }
  }
}
