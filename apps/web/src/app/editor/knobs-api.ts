import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Knob, KnobList, ParamValue } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';
import { FilesStore } from '../files/files-store';

/** What the server reads in programs. */
@Injectable({ providedIn: 'root' })
export class KnobsApi {
  private readonly http = inject(HttpClient);
  private readonly files = inject(FilesStore);

  /**
   * The knobs of a file of the open project, as it is saved or as a run had it, or with other values in it; none of a
   * file that is no program.
   * @throws HttpErrorResponse also where the program cannot be read.
   */
  async of(
    file: string,
    runId: string | null = null,
    values: Readonly<Record<string, ParamValue>> = {},
  ): Promise<Knob[]> {
    const projectId = this.files.projectId();
    if (projectId === null || !PROGRAM.test(file)) return [];
    const url = `${API}/projects/${projectId}/knobs`;
    const at = Object.entries(values).map(([name, value]) => [`at.${name}`, String(value)] as const);
    const params = { file, ...(runId !== null && { runId }), ...Object.fromEntries(at) };
    return (await firstValueFrom(this.http.get<KnobList>(url, { params }))).items;
  }
}

const PROGRAM = /\.(py|[mc]?js|m?ts)$/i;
