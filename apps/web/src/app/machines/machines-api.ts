import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { ConnectMachine, JoinTokenView, MachineView, UpdateMachine } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

@Injectable({ providedIn: 'root' })
export class MachinesApi {
  private readonly http = inject(HttpClient);

  async list(): Promise<MachineView[]> {
    const answer = await firstValueFrom(
      this.http.get<{ items: MachineView[] }>(`${API}/machines`, { params: { limit: 200 } }),
    );
    return answer.items;
  }

  update(id: string, change: UpdateMachine): Promise<MachineView> {
    return firstValueFrom(this.http.patch<MachineView>(`${API}/machines/${id}`, change));
  }

  remove(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/machines/${id}`));
  }

  joinToken(): Promise<JoinTokenView> {
    return firstValueFrom(this.http.post<JoinTokenView>(`${API}/machines/join-tokens`, {}));
  }

  connect(worker: ConnectMachine): Promise<MachineView> {
    return firstValueFrom(this.http.post<MachineView>(`${API}/machines/connect`, worker));
  }
}
