import { inject, Injectable, Injector, signal } from '@angular/core';
import { Router } from '@angular/router';
import type { UserView } from '@mle/protocol';
import { AuthApi } from './auth-api';
import { RequestError } from './problem';

/** Who is logged in. The cookie itself is out of the page's reach. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  readonly user = signal<UserView | null>(null);

  // Through the injector: the interceptor that AuthApi's client runs through needs this service.
  private get api(): AuthApi {
    return this.injector.get(AuthApi);
  }

  /** The user of the cookie, or null without a valid one. Throws when the server cannot be asked. */
  async ensure(): Promise<UserView | null> {
    const known = this.user();
    if (known) return known;
    try {
      const user = await this.api.me();
      this.user.set(user);
      return user;
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) return null;
      throw error;
    }
  }

  async login(login: string, password: string): Promise<void> {
    this.user.set(await this.api.login({ login, password }));
  }

  async setUp(token: string, login: string, password: string): Promise<void> {
    this.user.set(await this.api.setUp({ token, login, password }));
  }

  /** Throws when the server cannot be told: the session would go on without the page. */
  async logout(): Promise<void> {
    await this.api.logout();
    // A whole new page: nothing of this user stays in memory.
    location.assign('/login');
  }

  /** Asks the server whether the session still counts; goes to the login page when it does not. */
  async verify(): Promise<void> {
    try {
      await this.api.me();
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) this.expire();
    }
  }

  /** The server no longer knows the session: log in, then come back here. Unsaved edits stay in memory. */
  expire(): void {
    if (!this.user()) return;
    this.user.set(null);
    void this.router.navigate(['/login'], { queryParams: { next: this.router.url, ended: 1 } });
  }
}
