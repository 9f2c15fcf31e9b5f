import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import type { PoolView } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-interceptor';

@Injectable({ providedIn: 'root' })
export class PoolsApi {
  private readonly http = inject(HttpClient);

  async list(): Promise<PoolView[]> {
    const answer = await firstValueFrom(this.http.get<{ items: PoolView[] }>(`${API}/pools`));
    return answer.items;
  }
}
