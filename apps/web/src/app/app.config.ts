import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  type ApplicationConfig,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import { MAT_RIPPLE_GLOBAL_OPTIONS, MATERIAL_ANIMATIONS } from '@angular/material/core';
import {
  provideRouter,
  TitleStrategy,
  withComponentInputBinding,
  withNavigationErrorHandler,
  withPreloading,
} from '@angular/router';
import { routes } from './app.routes';
import { apiInterceptor } from './core/api-interceptor';
import { LaterPreloading } from './core/later-preloading';
import { tellOfMissingPage } from './core/missing-page';
import { RouteTitles } from './core/page-title';

export const appConfig: ApplicationConfig = {
  providers: [
    provideZonelessChangeDetection(),
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withPreloading(LaterPreloading),
      withNavigationErrorHandler(tellOfMissingPage),
    ),
    { provide: TitleStrategy, useExisting: RouteTitles },
    provideHttpClient(withInterceptors([apiInterceptor])),
    { provide: MAT_RIPPLE_GLOBAL_OPTIONS, useValue: { disabled: true } },
    {
      provide: MATERIAL_ANIMATIONS,
      useValue: { animationsDisabled: matchMedia('(prefers-reduced-motion: reduce)').matches },
    },
  ],
};
