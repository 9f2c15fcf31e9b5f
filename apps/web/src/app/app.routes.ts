import type { Routes } from '@angular/router';
import { loggedIn } from './auth/auth-guard';

export const routes: Routes = [
  { path: 'login', title: 'Log in · ML Experimenter', loadComponent: async () => (await import('./auth/login-page')).LoginPage },
  { path: 'setup', title: 'Create your account · ML Experimenter', loadComponent: async () => (await import('./auth/setup-page')).SetupPage },
  {
    path: '',
    canActivate: [loggedIn],
    loadComponent: async () => (await import('./frame/frame')).Frame,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'code' },
      { path: 'code', loadComponent: async () => (await import('./code/code-page')).CodePage },
      { path: '**', redirectTo: 'code' },
    ],
  },
];
