import { ChangeDetectionStrategy, Component, inject, resource, signal } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import type { CreateProject } from '@mle/protocol';
import { sentence, toRequestError } from '../core/problem';
import { Icon } from '../ui/icon';
import { ProjectsApi } from './projects-api';
import { ProjectsStore } from './projects-store';

/** An empty project, or one from an example. */
@Component({
  selector: 'mle-new-project-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form class="dialog-form" (submit)="create($event, name.value)">
      <header><h1>New project</h1><button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button></header>
      <div class="body">
        <label class="field">
          <span class="label">Name</span>
          <input #name class="input" type="text" cdkFocusInitial autocomplete="off" spellcheck="false" [placeholder]="example() || 'my-experiment'" [attr.aria-invalid]="error() !== null" (input)="error.set(null)" />
        </label>
        @if (error(); as text) {
          <p class="field-error" role="alert">{{ text }}</p>
        }
        <fieldset>
          <legend>Begin with</legend>
          <label class="choice"><input type="radio" name="start" value="" [checked]="example() === ''" (change)="example.set('')" /><span><b>Nothing</b><br /><span class="muted">An empty project.</span></span></label>
          @for (item of examples.value() ?? []; track item.name) {
            <label class="choice"><input type="radio" name="start" [value]="item.name" [checked]="example() === item.name" (change)="example.set(item.name)" /><span><b>{{ item.title }}</b><br /><span class="muted">{{ item.summary }}</span></span></label>
          }
          @if (examples.error(); as failure) {
            <p class="hint">The examples could not be loaded. {{ words(failure) }}</p>
          }
        </fieldset>
      </div>
      <footer>
        <button type="button" class="btn" (click)="ref.close()">Cancel</button>
        <button type="submit" class="btn primary" [disabled]="busy()">Create</button>
      </footer>
    </form>
  `,
  styles: `
    fieldset {
      display: grid;
      gap: 8px;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0 0 4px;
      font: var(--text-12);
      font-weight: var(--weight-medium);
    }
    .choice {
      display: flex;
      align-items: flex-start;
      gap: 10px;
      padding: 8px 10px;
      border: 1px solid var(--border);
      border-radius: var(--radius);
      cursor: pointer;
      &:has(:checked) {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      input {
        flex: none;
        margin: 3px 0 0;
        accent-color: var(--accent);
      }
    }
  `,
})
export class NewProjectDialog {
  protected readonly ref = inject<MatDialogRef<NewProjectDialog>>(MatDialogRef);
  private readonly store = inject(ProjectsStore);
  private readonly api = inject(ProjectsApi);
  protected readonly examples = resource({ loader: () => this.api.examples() });
  protected readonly example = signal('');
  protected readonly busy = signal(false);
  protected readonly error = signal<string | null>(null);
  protected readonly words = sentence;

  protected async create(event: Event, value: string): Promise<void> {
    event.preventDefault();
    const name = value.trim();
    const example = this.example();
    if (name === '' && example === '') return this.error.set('Give a name.');
    const request: CreateProject = example ? { example, ...(name ? { name } : {}) } : { name };
    this.busy.set(true);
    try {
      await this.store.create(request);
      this.ref.close();
    } catch (error) {
      const failure = toRequestError(error);
      this.error.set(failure.field('name') ?? failure.message);
      this.busy.set(false);
    }
  }
}
