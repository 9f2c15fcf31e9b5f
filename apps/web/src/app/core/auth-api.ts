import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { AuthStatus, Login, Setup, UpdateMe, UserView } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from './api-address';

@Injectable({ providedIn: 'root' })
export class AuthApi {
  private readonly http = inject(HttpClient);

  status(): Promise<AuthStatus> {
    return firstValueFrom(this.http.get<AuthStatus>(`${API}/auth/status`));
  }

  me(): Promise<UserView> {
    return firstValueFrom(this.http.get<UserView>(`${API}/auth/me`));
  }

  login(login: Login): Promise<UserView> {
    return firstValueFrom(this.http.post<UserView>(`${API}/auth/login`, login));
  }

  setUp(setup: Setup): Promise<UserView> {
    return firstValueFrom(this.http.post<UserView>(`${API}/auth/setup`, setup));
  }

  logout(): Promise<unknown> {
    return firstValueFrom(this.http.post(`${API}/auth/logout`, {}));
  }

  update(change: UpdateMe): Promise<UserView> {
    return firstValueFrom(this.http.patch<UserView>(`${API}/auth/me`, change));
  }
}
