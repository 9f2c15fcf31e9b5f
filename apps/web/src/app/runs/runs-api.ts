import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type {
  CreateRun,
  Evidence,
  Goal,
  Page,
  Rerun,
  RunDiff,
  RunGroups,
  RunRole,
  RunView,
  StoppedRuns,
  UpdateRun,
} from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

export interface RunFilter {
  projectId?: string;
  state?: string;
  machineId?: string;
  tag?: string;
  text?: string;
  file?: string;
  sweepId?: string;
  role?: RunRole;
  /** A row for all runs of a sweep, and for the dial's of a file. */
  folded?: boolean;
  sort?: string;
  limit?: number;
  cursor?: string;
  [knob: `knob.${string}`]: string;
}

@Injectable({ providedIn: 'root' })
export class RunsApi {
  private readonly http = inject(HttpClient);

  list(filter: RunFilter): Promise<Page<RunView>> {
    return firstValueFrom(this.http.get<Page<RunView>>(`${API}/runs`, { params: given(filter) }));
  }

  /** Of the same runs as a table for other programs. */
  csvUrl(filter: RunFilter): string {
    return `${API}/runs.csv?${new URLSearchParams(given(filter))}`;
  }

  groups(filter: RunFilter, by: string): Promise<RunGroups> {
    return firstValueFrom(this.http.get<RunGroups>(`${API}/runs/groups`, { params: { ...given(filter), by } }));
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

  rerun(id: string, request: Partial<Rerun>): Promise<RunView> {
    return firstValueFrom(this.http.post<RunView>(`${API}/runs/${id}/rerun`, request));
  }

  /** What made the difference between runs; the first of them belongs to the baseline. The server knows a goal. */
  evidence(ids: readonly string[], goal: Partial<Pick<Goal, 'metric' | 'direction'>> = {}): Promise<Evidence> {
    const params = { ids: ids.join(','), ...goal };
    return firstValueFrom(this.http.get<Evidence>(`${API}/runs/evidence`, { params }));
  }

  update(id: string, change: UpdateRun): Promise<RunView> {
    return firstValueFrom(this.http.patch<RunView>(`${API}/runs/${id}`, change));
  }

  remove(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/runs/${id}`));
  }
}

const given = (filter: RunFilter): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
