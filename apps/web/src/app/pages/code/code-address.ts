import { computed, effect, inject, Injectable, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { DocumentStore } from '../../editor/document-store';

/** The caret rests this long before the address names its line. */
const RESTS_MS = 400;
const LINE = /^[1-9]\d{0,8}$/;

interface Place {
  project: string | null;
  file: string | null;
  line: number;
}

/** Opens the file and the line that the address names, and has the address name those that are open. */
@Injectable()
export class CodeAddress {
  private readonly router = inject(Router);
  private readonly documents = inject(DocumentStore);
  private readonly params = toSignal(inject(ActivatedRoute).queryParamMap, { requireSync: true });
  private readonly addressed = computed<Place>(() => {
    const [file, line] = [this.params().get('file'), this.params().get('line') ?? ''];
    return { project: this.params().get('project'), file, line: LINE.test(line) ? Number(line) : 1 };
  });
  /** Once the tabs of the addressed project stand, and while no other address is under way. */
  readonly settled = computed(() => {
    const { project } = this.addressed();
    return project !== null && this.documents.restored() === project && this.router.currentNavigation() === null;
  });
  /** The place that was opened or named last: its name in the address asks for nothing. */
  private known = '';

  constructor() {
    effect(() => {
      const place = this.addressed();
      if (this.settled()) untracked(() => this.open(place));
    });
    effect((onCleanup) => {
      const { file, line } = this.addressed();
      const document = this.documents.active();
      const next = { file: document?.path() ?? null, line: document?.line() ?? 1 };
      // Until the editor has gone to a line that was asked for, the caret stands elsewhere.
      const under = document !== null && (document.status() !== 'ready' || document.lineWanted() !== null);
      if (!this.settled() || under || (next.file === file && next.line === line)) return;
      const timer = setTimeout(() => this.name(next), next.file === file ? RESTS_MS : 0);
      onCleanup(() => clearTimeout(timer));
    });
  }

  private open(place: Place): void {
    const key = keyOf(place);
    if (key === this.known) return;
    this.known = key;
    if (place.file !== null) void this.documents.open(place.file, { line: place.line });
  }

  /** Back leads from file to file, not from line to line. */
  private name({ file, line }: Pick<Place, 'file' | 'line'>): void {
    const before = this.addressed();
    this.known = keyOf({ ...before, file, line });
    void this.router.navigate([], {
      queryParams: { file, line: line > 1 ? line : null },
      queryParamsHandling: 'merge',
      replaceUrl: before.file === null || before.file === file,
    });
  }
}

const keyOf = ({ project, file, line }: Place): string => JSON.stringify([project, file, line]);
