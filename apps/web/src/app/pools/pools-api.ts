import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { CreatePool, PoolView, UpdatePool } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

@Injectable({ providedIn: 'root' })
export class PoolsApi {
  private readonly http = inject(HttpClient);

  async list(): Promise<PoolView[]> {
    const answer = await firstValueFrom(this.http.get<{ items: PoolView[] }>(`${API}/pools`));
    return answer.items;
  }

  create(pool: CreatePool): Promise<PoolView> {
    return firstValueFrom(this.http.post<PoolView>(`${API}/pools`, pool));
  }

  update(id: string, change: UpdatePool): Promise<PoolView> {
    return firstValueFrom(this.http.patch<PoolView>(`${API}/pools/${id}`, change));
  }

  remove(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/pools/${id}`));
  }
}
