import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { DocumentStore } from '../editor/document-store';

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
  private readonly wanted = signal<Wanted | null>(null);

  constructor() {
    effect(() => {
      const wanted = this.wanted();
      if (wanted === null || this.documents.restored() !== wanted.projectId) return;
      untracked(() => {
        this.wanted.set(null);
        void this.documents.open(wanted.path, { focus: true, line: wanted.line });
      });
    });
  }

  open(wanted: Wanted): void {
    this.wanted.set(wanted);
    const { projectId: project, path: file, line } = wanted;
    void this.router.navigate(['/code'], { queryParams: { project, file, line } });
  }
}
