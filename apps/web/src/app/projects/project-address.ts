import { computed, effect, inject, Injectable, untracked } from '@angular/core';
import { type Navigation, Router, type UrlTree } from '@angular/router';
import { ProjectsStore } from './projects-store';

/** The pages that show one project. The others keep the one that is open and name none. */
const OF_PROJECT: readonly string[] = ['code', 'runs', 'graphs'];

/** Keeps the open project and the address of the page the same, so that reload, Back and links hold. */
@Injectable({ providedIn: 'root' })
export class ProjectAddress {
  private readonly router = inject(Router);
  private readonly projects = inject(ProjectsStore);
  private readonly here = computed(() => placeOf(this.router.lastSuccessfulNavigation()));
  /** The place whose project was looked at; from then on the page leads and the address follows. */
  private arrivedAt: object | null = null;

  constructor() {
    effect(() => {
      const here = this.here();
      const current = this.projects.current()?.id ?? null;
      const ready = this.projects.status() === 'ready';
      // The address under way counts, not the one that is left.
      if (here === null || this.router.currentNavigation() !== null) return;
      untracked(() => {
        // Ahead of the list, so that nothing of another project is asked for.
        if (!ready && here.project !== null) this.projects.open(here.project);
        else if (ready) this.follow(here, current);
      });
    });
  }

  private follow(here: Place, current: string | null): void {
    const first = here !== this.arrivedAt;
    this.arrivedAt = here;
    const known = here.project !== null && this.projects.get(here.project) !== null;
    if (first && here.project !== null && !known) {
      void this.router.navigateByUrl('/no-project', { skipLocationChange: true });
    } else if (first && here.project !== null) {
      this.projects.open(here.project);
    } else if (here.ofProject && current !== null && here.project !== current) {
      // What else the address says is of the other project. Back leads there as long as it exists.
      void this.router.navigate([], {
        queryParams: { project: current },
        queryParamsHandling: here.project === null ? 'merge' : 'replace',
        preserveFragment: true,
        replaceUrl: !known,
      });
    }
  }
}

interface Place {
  project: string | null;
  ofProject: boolean;
}

function placeOf(navigation: Navigation | null): Place | null {
  if (navigation === null) return null;
  const tree: UrlTree = navigation.finalUrl ?? navigation.extractedUrl;
  const path = (tree.root.children['primary']?.segments ?? []).map((segment) => segment.path).join('/');
  const project: unknown = tree.queryParams['project'];
  return { project: typeof project === 'string' ? project : null, ofProject: OF_PROJECT.includes(path) };
}
