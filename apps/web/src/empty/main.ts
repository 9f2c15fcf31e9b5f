import { Component, provideBrowserGlobalErrorListeners, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, RouterOutlet } from '@angular/router';

/**
 * An application that does nothing, with the parts that a new Angular application begins with: what the first download
 * of the page is measured against (npm run bench -- page).
 */
@Component({ selector: 'mle-root', imports: [RouterOutlet], template: `<router-outlet />` })
class Empty {}

bootstrapApplication(Empty, {
  providers: [provideZonelessChangeDetection(), provideBrowserGlobalErrorListeners(), provideRouter([])],
}).catch((error: unknown) => console.error(error));
