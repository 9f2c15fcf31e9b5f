import type { Routes } from '@angular/router';
import { loggedIn, setupOpen } from './auth/auth-guard';

export const routes: Routes = [
  { path: 'login', title: 'Log in', loadComponent: async () => (await import('./auth/login-page')).LoginPage },
  {
    path: 'setup',
    title: 'Create your account',
    canActivate: [setupOpen],
    loadComponent: async () => (await import('./auth/setup-page')).SetupPage,
  },
  {
    path: '',
    canActivate: [loggedIn],
    loadComponent: async () => (await import('./frame/frame')).Frame,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'code' },
      { path: 'code', loadComponent: async () => (await import('./code/code-page')).CodePage },
      { path: 'runs', title: 'Runs', loadComponent: async () => (await import('./runs/runs-page')).RunsPage },
      { path: 'runs/:id', loadComponent: async () => (await import('./runs/run-page')).RunPage },
      { path: 'graphs', title: 'Graphs', loadComponent: async () => (await import('./graphs/graphs-page')).GraphsPage },
      {
        path: 'machines',
        title: 'Machines',
        loadComponent: async () => (await import('./machines/machines-page')).MachinesPage,
      },
      {
        path: 'settings',
        title: 'Settings',
        loadComponent: async () => (await import('./settings/settings-page')).SettingsPage,
      },
      { path: '**', redirectTo: 'code' },
    ],
  },
];
