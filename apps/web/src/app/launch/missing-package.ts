import { inject, Injectable, signal } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { RequestError, sentence } from '../core/problem';
import { Toasts } from '../core/toasts';
import { FilesApi } from '../files/files-api';
import { RunActions } from '../runs/run-actions';
import { Launcher } from './launcher';

const FILE = 'requirements.txt';

/** The text with one more package, or as it is where that stands there already. */
export function withPackage(text: string, name: string): string {
  const listed = text.split('\n').some(
    (line) =>
      line
        .trim()
        .split(/[^A-Za-z0-9._-]/, 1)[0]
        ?.toLowerCase() === name.toLowerCase(),
  );
  if (listed) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}\n`;
}

/** Adds a package that a run missed to its project, and runs it again. */
@Injectable({ providedIn: 'root' })
export class MissingPackage {
  private readonly files = inject(FilesApi);
  private readonly actions = inject(RunActions);
  private readonly launcher = inject(Launcher);
  private readonly toasts = inject(Toasts);
  /** The run that is being repeated. */
  readonly busy = signal<string | null>(null);

  async addAndRun(run: RunView, name: string): Promise<void> {
    this.busy.set(run.id);
    try {
      const { text, etag } = await this.read(run.projectId);
      const next = withPackage(text, name);
      if (next !== text) await this.files.write(run.projectId, FILE, next, etag);
      const [again] = await this.actions.rerun([run], 'current');
      if (again) this.launcher.launched.set(again);
    } catch (error) {
      this.toasts.error(`${name} was not added to ${FILE}. ${sentence(error)}`);
    } finally {
      this.busy.set(null);
    }
  }

  private async read(projectId: string): Promise<{ text: string; etag: string }> {
    try {
      const { bytes, etag } = await this.files.read(projectId, FILE);
      return { text: new TextDecoder().decode(bytes), etag };
    } catch (error) {
      if (error instanceof RequestError && error.status === 404) return { text: '', etag: '' };
      throw error;
    }
  }
}
