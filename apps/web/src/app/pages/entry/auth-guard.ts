import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { AuthApi } from '../../core/auth-api';
import { EventsSocket } from '../../core/events-socket';
import { ServerState } from '../../core/server-state';
import { Session } from '../../core/session';

/** Lets a logged-in user in; others log in first and come back to the address they wanted. */
export const loggedIn: CanActivateFn = async (_route, state) => {
  const session = inject(Session);
  const router = inject(Router);
  const server = inject(ServerState);
  const events = inject(EventsSocket);
  // Without an answer nobody knows who is there: wait for the server instead of showing a wrong page.
  const user = await server.whenReached(() => session.ensure());
  // Lists wait for the line, so it is dialled before the page is made that shows them.
  if (user) void events.open();
  return user
    ? true
    : router.createUrlTree(['/login'], {
        queryParams: state.url === '/' || state.url === '/code' ? {} : { next: state.url },
      });
};

/** The set-up link leads to the application once it has been used. */
export const setupOpen: CanActivateFn = async () => {
  const auth = inject(AuthApi);
  const router = inject(Router);
  const { setupNeeded } = await inject(ServerState).whenReached(() => auth.status());
  return setupNeeded ? true : router.createUrlTree(['/code']);
};
