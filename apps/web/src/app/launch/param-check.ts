import { computed, inject, Injectable } from '@angular/core';
import { DocumentStore } from '../editor/document-store';
import { ProjectsStore } from '../projects/projects-store';
import { type ParamReaders, readParam, unreachedParams } from './param-readers';
import { RunOptionsStore } from './run-options-store';

/** What the open file makes of the parameters that are typed, before it is run. */
@Injectable({ providedIn: 'root' })
export class ParamCheck {
  private readonly documents = inject(DocumentStore);
  private readonly options = inject(RunOptionsStore);
  private readonly projects = inject(ProjectsStore);
  private readonly params = computed(() => this.options.read().request.params ?? {});
  private readonly program = computed<ParamReaders | null>(() => {
    const document = this.documents.active();
    if (document?.kind() !== 'text' || document.status() !== 'ready') return null;
    document.edition();
    return { path: document.path(), source: document.text, command: this.projects.current()?.settings.command ?? null };
  });

  /** A sentence for each parameter that seems to reach nothing of the program. */
  readonly warnings = computed<readonly string[]>(() => {
    // The text is read only when there is something to find in it.
    const params = this.params();
    const program = Object.keys(params).length > 0 ? this.program() : null;
    return program === null ? [] : unreachedParams(program, params);
  });
  /** A parameter that reaches the program, as one types it; null where it seems to have none. */
  readonly suggestion = computed(() => {
    const program = this.program();
    return program === null ? null : readParam(program);
  });
}
