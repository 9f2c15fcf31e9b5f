import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type {
  AwsReach,
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

  /** How machines of EC2 and the server find each other. */
  reach(): Promise<AwsReach> {
    return firstValueFrom(this.http.get<AwsReach>(`${API}/settings/aws/reach`));
  }

  /** Null: the server asks for its address. */
  setOwnAddress(ownAddress: string | null): Promise<AwsReach> {
    return firstValueFrom(this.http.put<AwsReach>(`${API}/settings/aws/reach`, { ownAddress }));
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

  act(id: string, act: 'start' | 'stop' | 'restart'): Promise<InstanceView> {
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
