import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogRef } from '@angular/material/dialog';
import type { ProjectSettings, ProjectView } from '@mle/protocol';
import { toRequestError } from '../core/problem';
import { MachinesStore } from '../machines/machines-store';
import { ProjectsStore } from '../projects/projects-store';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';

/** How the files of a project are run: its command, its Docker image, its set-up. */
@Component({
  selector: 'mle-project-settings-dialog',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form
      class="dialog-form"
      (submit)="save($event, { command: command.value, image: image.value, setup: setup.checked ? 'auto' : 'off' })"
    >
      <header>
        <h1 class="cut">Settings of {{ project.name }}</h1>
        <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
      </header>
      <div class="body">
        <label class="field">
          <span class="label">Command</span>
          <input
            #command
            class="input mono"
            type="text"
            cdkFocusInitial
            autocomplete="off"
            spellcheck="false"
            placeholder="chosen by the file, such as python3 train.py"
            aria-describedby="command-hint"
            [value]="project.settings.command ?? ''"
            [attr.aria-invalid]="errors()['command'] !== undefined"
            (input)="errors.set({})"
          />
          @if (errors()['command']; as text) {
            <span class="field-error" role="alert">{{ text }}</span>
          }
          <span class="hint" id="command-hint"
            >What Go runs. {{ '{' }}file{{ '}' }} is the open file, {{ '{' }}seed{{ '}' }} the seed, {{ '{' }}args{{
              '}'
            }}
            the arguments, and each parameter goes by its name, as in
            <code>python train.py --lr {{ '{' }}lr{{ '}' }}</code></span
          >
        </label>
        <label class="field">
          <span class="label">Docker image</span>
          <input
            #image
            class="input mono"
            type="text"
            autocomplete="off"
            spellcheck="false"
            placeholder="none: runs use what the machine has"
            aria-describedby="image-hint"
            [value]="project.settings.image ?? ''"
            [attr.aria-invalid]="errors()['image'] !== undefined"
            (input)="errors.set({}); typedImage.set(image.value)"
          />
          @if (errors()['image']; as text) {
            <span class="field-error" role="alert">{{ text }}</span>
          }
          <span class="hint" id="image-hint"
            >Runs are done inside of this image, such as <code>python:3.12-slim</code>; it brings the packages.
            {{ docker() }}</span
          >
        </label>
        <label class="check"
          ><input #setup type="checkbox" [checked]="project.settings.setup === 'auto'" />Install requirements.txt before
          a run</label
        >
        @if (errors()['']; as text) {
          <mle-notice role="alert">{{ text }}</mle-notice>
        }
      </div>
      <footer>
        <button type="button" class="btn" (click)="ref.close()">Cancel</button>
        <button type="submit" class="btn primary" [disabled]="busy()">Save</button>
      </footer>
    </form>
  `,
  styles: `
    .check {
      align-items: flex-start;
      input {
        flex: none;
        margin-top: 2px;
      }
    }
  `,
})
export class ProjectSettingsDialog {
  protected readonly project = inject<ProjectView>(MAT_DIALOG_DATA);
  protected readonly ref = inject<MatDialogRef<ProjectSettingsDialog>>(MatDialogRef);
  private readonly store = inject(ProjectsStore);
  private readonly machines = inject(MachinesStore);
  protected readonly busy = signal(false);
  /** By field; those of no field under the empty name. */
  protected readonly errors = signal<Record<string, string>>({});
  protected readonly typedImage = signal(this.project.settings.image ?? '');
  /** Which machines could do it. */
  protected readonly docker = computed(() => {
    const online = this.machines.list().filter(({ state }) => state === 'online');
    const able = online.filter(({ inventory }) => inventory?.docker);
    if (this.typedImage().trim() === '' || online.length === 0) return '';
    if (able.length === 0) return 'No machine that is online has Docker.';
    return able.length === online.length
      ? 'Every machine that is online has Docker.'
      : `Docker is on ${able.map(({ name }) => name).join(', ')}.`;
  });

  protected async save(
    event: Event,
    typed: { command: string; image: string; setup: ProjectSettings['setup'] },
  ): Promise<void> {
    event.preventDefault();
    this.busy.set(true);
    try {
      await this.store.changeSettings(this.project.id, {
        command: typed.command.trim() || null,
        image: typed.image.trim() || null,
        setup: typed.setup,
      });
      this.ref.close();
    } catch (error) {
      const failure = toRequestError(error);
      const fields = failure.fields.map(({ path, message }) => [path.replace('settings.', ''), message] as const);
      this.errors.set(fields.length > 0 ? Object.fromEntries(fields) : { '': failure.message });
      this.busy.set(false);
    }
  }
}
