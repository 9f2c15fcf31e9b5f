import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject, resource, signal } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import type { ExampleView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence, toRequestError } from '../core/problem';
import { ProjectsApi } from '../projects/projects-api';
import { ProjectsStore } from '../projects/projects-store';
import { Icon } from '../ui/icon';
import { fetchWords, nameOfRepository } from './git-words';

/** What a new project begins with. */
export type ProjectStart = 'empty' | 'example' | 'git' | 'zip';

interface Progress {
  text: string;
  /** From 0 to 1; null where nobody knows. */
  part: number | null;
}

const HINTS: Record<ProjectStart, string> = {
  empty: 'An empty project.',
  example: 'A copy of your own, to run and to change.',
  git: 'Its newest files are taken, without the history. The address has to be open to everyone.',
  zip: 'Folders are kept; a single folder around everything is left out.',
};

/** Makes a project: empty, from an example, from a git repository, or from a zip. */
@Component({
  selector: 'mle-new-project-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './new-project-dialog.html',
  styleUrl: './new-project-dialog.scss',
})
export class NewProjectDialog {
  private readonly ref = inject<MatDialogRef<NewProjectDialog>>(MatDialogRef);
  private readonly router = inject(Router);
  private readonly store = inject(ProjectsStore);
  private readonly api = inject(ProjectsApi);
  protected readonly examples = resource({ loader: () => this.api.examples() });
  protected readonly start = signal<ProjectStart>(
    inject<ProjectStart | null>(MAT_DIALOG_DATA, { optional: true }) ?? 'empty',
  );
  protected readonly gitUrl = signal('');
  protected readonly zip = signal<File | null>(null);
  protected readonly progress = signal<Progress | null>(null);
  protected readonly nameError = signal<string | null>(null);
  protected readonly sourceError = signal<string | null>(null);
  protected readonly busy = signal(false);
  protected readonly words = sentence;
  private under: AbortController | null = null;

  protected readonly kinds: readonly { value: ProjectStart; label: string }[] = [
    { value: 'empty', label: 'Nothing' },
    { value: 'example', label: 'Example' },
    { value: 'git', label: 'Git repository' },
    { value: 'zip', label: 'Zip file' },
  ];
  protected readonly chosenExample = signal<string | null>(null);
  protected readonly example = computed<ExampleView | null>(() => {
    const examples = this.examples.hasValue() ? this.examples.value() : [];
    return examples.find(({ name }) => name === this.chosenExample()) ?? examples[0] ?? null;
  });
  protected readonly placeholder = computed(() => {
    switch (this.start()) {
      case 'git':
        return nameOfRepository(this.gitUrl()) || 'as the repository';
      case 'zip':
        return this.zip()?.name.replace(/\.zip$/i, '') ?? 'as the file';
      case 'example':
        return this.example()?.title ?? '';
      case 'empty':
        return 'my-experiment';
    }
  });
  protected readonly hint = computed(() => HINTS[this.start()]);
  protected readonly verb = computed(
    () => ({ git: 'Clone', zip: 'Upload', example: 'Create', empty: 'Create' })[this.start()],
  );

  constructor() {
    const off = inject(EventsSocket).on('project.fetching', (fetch) => {
      if (this.busy() && fetch.gitUrl === this.gitUrl().trim())
        this.progress.set({ text: fetchWords(fetch), part: fetch.part });
    });
    inject(DestroyRef).onDestroy(() => {
      off();
      this.under?.abort();
    });
  }

  protected choose(start: ProjectStart): void {
    this.start.set(start);
    this.sourceError.set(null);
  }

  protected pick(input: HTMLInputElement): void {
    this.zip.set(input.files?.[0] ?? null);
    this.sourceError.set(null);
    input.value = '';
  }

  /** What is under way ends with the dialog: the server makes no project that nobody waits for. */
  protected close(): void {
    this.ref.close();
  }

  protected async create(event: Event, value: string): Promise<void> {
    event.preventDefault();
    const name = value.trim();
    if (!this.complete(name)) return;
    this.busy.set(true);
    this.under = new AbortController();
    const { signal } = this.under;
    try {
      await this.make(name === '' ? {} : { name }, signal);
      this.ref.close();
      void this.router.navigateByUrl('/code');
    } catch (error) {
      if (signal.aborted) return;
      const failure = toRequestError(error);
      const nameFailure = failure.field('name') ?? (failure.code === 'project.name_taken' ? failure.message : null);
      if (nameFailure !== null || this.start() === 'empty') this.nameError.set(nameFailure ?? failure.message);
      else this.sourceError.set(failure.field('gitUrl') ?? failure.message);
    } finally {
      this.busy.set(false);
      this.progress.set(null);
    }
  }

  private complete(name: string): boolean {
    const start = this.start();
    this.nameError.set(start === 'empty' && name === '' ? 'Give a name.' : null);
    if (start === 'git' && this.gitUrl().trim() === '') this.sourceError.set('Give the address of the repository.');
    else if (start === 'zip' && !this.zip()) this.sourceError.set('Choose a zip.');
    else if (start === 'example' && !this.example()) this.sourceError.set('There is no example to begin with.');
    else this.sourceError.set(null);
    return this.nameError() === null && this.sourceError() === null;
  }

  private async make(named: { name?: string }, signal: AbortSignal): Promise<void> {
    const start = this.start();
    const zip = this.zip();
    if (start === 'zip' && zip) {
      await this.store.upload(zip, named.name, signal, (part) =>
        this.progress.set(
          part < 1
            ? { text: `Uploading ${zip.name}, ${Math.floor(part * 100)} %`, part }
            : { text: `Unpacking ${zip.name}`, part: null },
        ),
      );
    } else if (start === 'git') {
      const gitUrl = this.gitUrl().trim();
      this.progress.set({ text: fetchWords({ gitUrl, phase: 'connecting' }), part: null });
      await this.store.create({ gitUrl, ...named }, signal);
    } else if (start === 'example') {
      await this.store.create({ example: this.example()?.name ?? '', ...named }, signal);
    } else {
      await this.store.create({ name: named.name ?? '' }, signal);
    }
  }
}
