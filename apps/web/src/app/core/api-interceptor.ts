import type { HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, throwError } from 'rxjs';
import { API } from './api-address';
import { toRequestError } from './problem';
import { Session } from './session';

/** Gives every failure one shape, and leads to the login page when the session has ended. */
export const apiInterceptor: HttpInterceptorFn = (request, next) => {
  const session = inject(Session);
  return next(request).pipe(
    catchError((error: unknown) => {
      const failure = toRequestError(error);
      if (failure.status === 401 && !request.url.startsWith(`${API}/auth/`)) session.expire();
      return throwError(() => failure);
    }),
  );
};
