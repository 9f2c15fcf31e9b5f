import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Knob, KnobList } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';
import { FilesStore } from '../files/files-store';

/** What the server reads in programs. */
@Injectable({ providedIn: 'root' })
export class KnobsApi {
  private readonly http = inject(HttpClient);
  private readonly files = inject(FilesStore);

  /** The knobs of a file of the open project, as it is saved; none where it cannot be read as a program. */
  async of(file: string): Promise<Knob[]> {
    const projectId = this.files.projectId();
    if (projectId === null || !PROGRAM.test(file)) return [];
    try {
      const url = `${API}/projects/${projectId}/knobs`;
      return (await firstValueFrom(this.http.get<KnobList>(url, { params: { file } }))).items;
    } catch {
      // Without them the text is edited as any other.
      return [];
    }
  }
}

const PROGRAM = /\.(py|[mc]?js|m?ts)$/i;
