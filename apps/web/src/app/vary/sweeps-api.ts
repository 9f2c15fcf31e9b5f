import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { CreateSweep, ExtendSweep, Page, SweepView } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

/** A request may leave out what has a default. */
export type NewSweep = Omit<CreateSweep, 'method'>;

@Injectable({ providedIn: 'root' })
export class SweepsApi {
  private readonly http = inject(HttpClient);

  /** `key` makes a repeated request answer with the same sweep. */
  create(sweep: NewSweep, key: string): Promise<SweepView> {
    return firstValueFrom(this.http.post<SweepView>(`${API}/sweeps`, sweep, { headers: { 'Idempotency-Key': key } }));
  }

  get(id: string): Promise<SweepView> {
    return firstValueFrom(this.http.get<SweepView>(`${API}/sweeps/${id}`));
  }

  /** Those of them that are there. */
  async some(ids: readonly string[]): Promise<SweepView[]> {
    const params = { ids: ids.join(','), limit: ids.length };
    return (await firstValueFrom(this.http.get<Page<SweepView>>(`${API}/sweeps`, { params }))).items;
  }

  act(id: string, what: 'stop' | 'pause' | 'resume' | 'rerun'): Promise<SweepView> {
    return firstValueFrom(this.http.post<SweepView>(`${API}/sweeps/${id}/${what}`, {}));
  }

  extend(id: string, more: ExtendSweep): Promise<SweepView> {
    return firstValueFrom(this.http.post<SweepView>(`${API}/sweeps/${id}/extend`, more));
  }
}
