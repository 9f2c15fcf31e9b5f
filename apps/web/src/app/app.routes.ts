import type { CanActivateFn, Routes } from '@angular/router';
import { loggedIn, setupOpen } from './pages/entry/auth-guard';

const frame = () => import('./frame/frame');
const codePage = () => import('./pages/code/code-page');

/** Fetches what most visits need next while the server is asked who is there. */
const aheadOfAnswer: CanActivateFn = (_route, { url }) => {
  if (/^\/(code)?(\?|$)/.test(url)) Promise.all([frame(), codePage()]).catch(() => undefined);
  return true;
};

export const routes: Routes = [
  { path: 'login', title: 'Log in', loadComponent: async () => (await import('./pages/entry/login-page')).LoginPage },
  {
    path: 'setup',
    title: 'Create your account',
    canActivate: [setupOpen],
    loadComponent: async () => (await import('./pages/entry/setup-page')).SetupPage,
  },
  {
    path: '',
    // All guards of a route run at once.
    canActivate: [aheadOfAnswer, loggedIn],
    loadComponent: async () => (await frame()).Frame,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'code' },
      { path: 'code', loadComponent: async () => (await codePage()).CodePage },
      { path: 'runs', title: 'Runs', loadComponent: async () => (await import('./pages/runs/runs-page')).RunsPage },
      { path: 'runs/:id', loadComponent: async () => (await import('./pages/run/run-page')).RunPage },
      {
        path: 'compare',
        title: 'Compare',
        loadComponent: async () => (await import('./pages/compare/compare-page')).ComparePage,
      },
      {
        path: 'graphs',
        title: 'Graphs',
        loadComponent: async () => (await import('./pages/graphs/graphs-page')).GraphsPage,
      },
      {
        path: 'machines',
        title: 'Machines',
        loadComponent: async () => (await import('./pages/machines/machines-page')).MachinesPage,
      },
      {
        path: 'settings',
        title: 'Settings',
        loadComponent: async () => (await import('./pages/settings/settings-page')).SettingsPage,
      },
      {
        // Shown in the place of a page whose address names a project that is not there.
        path: 'no-project',
        title: 'No such project',
        data: { missing: 'project' },
        loadComponent: async () => (await import('./pages/unknown/unknown-page')).UnknownPage,
      },
      {
        path: '**',
        title: 'No such page',
        loadComponent: async () => (await import('./pages/unknown/unknown-page')).UnknownPage,
      },
    ],
  },
];
