import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { CreateRun, Page, Rerun, RunDiff, RunView, StoppedRuns, UpdateRun } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

interface RunFilter {
  projectId?: string;
  state?: string;
  machineId?: string;
  tag?: string;
  text?: string;
  limit?: number;
  cursor?: string;
}

@Injectable({ providedIn: 'root' })
export class RunsApi {
  private readonly http = inject(HttpClient);

  list(filter: RunFilter): Promise<Page<RunView>> {
    const params = Object.fromEntries(
      Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''),
    );
    return firstValueFrom(this.http.get<Page<RunView>>(`${API}/runs`, { params }));
  }

  get(id: string): Promise<RunView> {
    return firstValueFrom(this.http.get<RunView>(`${API}/runs/${id}`));
  }

  /** In what `b` differs from `a`. */
  diff(a: string, b: string): Promise<RunDiff> {
    return firstValueFrom(this.http.get<RunDiff>(`${API}/runs/diff`, { params: { a, b } }));
  }

  /** `key` makes a repeated request answer with the same run. */
  create(run: CreateRun, key: string): Promise<RunView> {
    return firstValueFrom(this.http.post<RunView>(`${API}/runs`, run, { headers: { 'Idempotency-Key': key } }));
  }

  stop(id: string): Promise<unknown> {
    return firstValueFrom(this.http.post(`${API}/runs/${id}/stop`, {}));
  }

  stopAll(ids: string[]): Promise<StoppedRuns> {
    return firstValueFrom(this.http.post<StoppedRuns>(`${API}/runs/stop`, { ids }));
  }

  rerun(id: string, files: Rerun['files']): Promise<RunView> {
    return firstValueFrom(this.http.post<RunView>(`${API}/runs/${id}/rerun`, { files }));
  }

  update(id: string, change: UpdateRun): Promise<RunView> {
    return firstValueFrom(this.http.patch<RunView>(`${API}/runs/${id}`, change));
  }

  remove(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/runs/${id}`));
  }
}
