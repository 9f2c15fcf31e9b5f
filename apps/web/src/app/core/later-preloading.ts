import { Injectable } from '@angular/core';
import type { PreloadingStrategy, Route } from '@angular/router';
import { catchError, concatMap, EMPTY, from, type Observable, timer } from 'rxjs';

/** The first page has its own downloads by then. */
const LATER_MS = 3000;

/** Brings the other pages a while after the first: they open at once, and while the server is away too. */
@Injectable({ providedIn: 'root' })
export class LaterPreloading implements PreloadingStrategy {
  preload(_route: Route, load: () => Observable<unknown>): Observable<unknown> {
    return timer(LATER_MS).pipe(
      concatMap(() => from(load())),
      catchError(() => EMPTY),
    );
  }
}
