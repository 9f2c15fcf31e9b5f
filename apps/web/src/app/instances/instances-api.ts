import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type {
  Budget,
  InstanceList,
  InstanceProvider,
  InstanceTypes,
  InstanceView,
  LaunchInstances,
  UpdateInstance,
} from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

@Injectable({ providedIn: 'root' })
export class InstancesApi {
  private readonly http = inject(HttpClient);

  list(): Promise<InstanceList> {
    return firstValueFrom(this.http.get<InstanceList>(`${API}/instances`));
  }

  types(provider: InstanceProvider, region = ''): Promise<InstanceTypes> {
    const params = { provider, ...(region && { region }) };
    return firstValueFrom(this.http.get<InstanceTypes>(`${API}/instances/types`, { params }));
  }

  /** A repetition with the same key launches nothing more. */
  async launch(request: LaunchInstances, key: string): Promise<InstanceView[]> {
    const headers = { 'Idempotency-Key': key };
    const answer = this.http.post<{ items: InstanceView[] }>(`${API}/instances`, request, { headers });
    return (await firstValueFrom(answer)).items;
  }

  update(id: string, change: UpdateInstance): Promise<InstanceView> {
    return firstValueFrom(this.http.patch<InstanceView>(`${API}/instances/${id}`, change));
  }

  act(id: string, act: 'start' | 'stop'): Promise<InstanceView> {
    return firstValueFrom(this.http.post<InstanceView>(`${API}/instances/${id}/${act}`, {}));
  }

  terminate(id: string): Promise<InstanceView> {
    return firstValueFrom(this.http.delete<InstanceView>(`${API}/instances/${id}`));
  }

  budget(): Promise<Budget> {
    return firstValueFrom(this.http.get<Budget>(`${API}/settings/budget`));
  }

  setBudget(budget: Budget): Promise<Budget> {
    return firstValueFrom(this.http.put<Budget>(`${API}/settings/budget`, budget));
  }
}
