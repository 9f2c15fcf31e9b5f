import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { ProjectsStore } from '../projects/projects-store';

interface Wanted {
  projectId: string;
  path: string;
  line: number;
}

/** Leads to a line of a file, whatever page and project are shown. */
@Injectable({ providedIn: 'root' })
export class OpenPlace {
  private readonly router = inject(Router);
  private readonly documents = inject(DocumentStore);
  private readonly files = inject(FilesStore);
  private readonly projects = inject(ProjectsStore);
  private readonly wanted = signal<Wanted | null>(null);

  constructor() {
    effect(() => {
      const wanted = this.wanted();
      const here = this.files.projectId() === wanted?.projectId && this.files.status() === 'ready';
      if (wanted === null || !here) return;
      untracked(() => {
        this.wanted.set(null);
        void this.documents.open(wanted.path, { focus: true, line: wanted.line });
      });
    });
  }

  open(wanted: Wanted): void {
    if (this.projects.current()?.id !== wanted.projectId) this.projects.open(wanted.projectId);
    this.wanted.set(wanted);
    void this.router.navigate(['/code']);
  }
}
