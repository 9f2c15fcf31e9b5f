import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type {
  AwsCheck,
  AwsSettings,
  AwsSettingsView,
  CreateTokenRequest,
  CreateUser,
  Quotas,
  SessionView,
  TokenView,
  UpdateUser,
  Usage,
  UserView,
} from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

/** Sessions, API tokens, what one keeps and, for administrators, users. */
@Injectable({ providedIn: 'root' })
export class SettingsApi {
  private readonly http = inject(HttpClient);

  async tokens(): Promise<TokenView[]> {
    return (await firstValueFrom(this.http.get<{ items: TokenView[] }>(`${API}/tokens`))).items;
  }

  createToken(token: CreateTokenRequest): Promise<TokenView> {
    return firstValueFrom(this.http.post<TokenView>(`${API}/tokens`, token));
  }

  removeToken(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/tokens/${id}`));
  }

  async sessions(): Promise<SessionView[]> {
    return (await firstValueFrom(this.http.get<{ items: SessionView[] }>(`${API}/auth/sessions`))).items;
  }

  endSession(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/auth/sessions/${id}`));
  }

  endSessions(): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/auth/sessions`));
  }

  usage(): Promise<Usage> {
    return firstValueFrom(this.http.get<Usage>(`${API}/usage`));
  }

  quotas(): Promise<Quotas> {
    return firstValueFrom(this.http.get<Quotas>(`${API}/settings/quotas`));
  }

  setQuotas(quotas: Quotas): Promise<Quotas> {
    return firstValueFrom(this.http.put<Quotas>(`${API}/settings/quotas`, quotas));
  }

  async users(): Promise<UserView[]> {
    return (await firstValueFrom(this.http.get<{ items: UserView[] }>(`${API}/users`))).items;
  }

  createUser(user: CreateUser): Promise<UserView> {
    return firstValueFrom(this.http.post<UserView>(`${API}/users`, user));
  }

  updateUser(id: string, change: UpdateUser): Promise<UserView> {
    return firstValueFrom(this.http.patch<UserView>(`${API}/users/${id}`, change));
  }

  removeUser(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/users/${id}`));
  }

  aws(): Promise<AwsSettingsView> {
    return firstValueFrom(this.http.get<AwsSettingsView>(`${API}/settings/aws`));
  }

  putAws(settings: AwsSettings): Promise<AwsSettingsView> {
    return firstValueFrom(this.http.put<AwsSettingsView>(`${API}/settings/aws`, settings));
  }

  removeAws(): Promise<AwsSettingsView> {
    return firstValueFrom(this.http.delete<AwsSettingsView>(`${API}/settings/aws`));
  }

  takeOverAws(): Promise<AwsSettingsView> {
    return firstValueFrom(this.http.post<AwsSettingsView>(`${API}/settings/aws/take-over`, {}));
  }

  checkAws(): Promise<AwsCheck> {
    return firstValueFrom(this.http.get<AwsCheck>(`${API}/instances/check`));
  }
}
