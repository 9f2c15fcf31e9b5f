import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { Router } from '@angular/router';
import { ServerState } from '../core/server-state';
import { ProjectsApi } from '../projects/projects-api';
import { ProjectsStore } from '../projects/projects-store';
import { Icon } from '../ui/icon';
import { ProjectActions } from './project-actions';

/** Projects in the menu itself; with more there is a search. */
const SHOWN = 7;

/** The open project in the top bar, and what can be done with it. */
@Component({
  selector: 'mle-project-menu',
  imports: [Icon, MatMenuModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button type="button" class="project" title="Project" [matMenuTriggerFor]="menu">
      <span class="cut">{{ store.current()?.name ?? (store.status() === 'ready' ? 'No project' : '') }}</span>
      <mle-icon name="chevronDown" />
    </button>
    <mat-menu #menu="matMenu">
      @if (server.refusal(); as reason) {
        <div class="menu-head" role="note">{{ reason }}</div>
        <div class="sep"></div>
      }
      @if (store.list().length > 0) {
        <div class="menu-head">Open</div>
        @for (project of latest(); track project.id) {
          <button
            mat-menu-item
            type="button"
            [attr.aria-current]="project.id === store.current()?.id ? 'true' : null"
            (click)="open(project.id)"
          >
            <mle-icon [name]="project.id === store.current()?.id ? 'check' : 'folder'" /><span class="cut">{{
              project.name
            }}</span>
          </button>
        }
        @if (store.list().length > latest().length) {
          <button mat-menu-item type="button" (click)="actions.openOther()">
            <mle-icon name="search" />Find among {{ store.list().length }} projects
          </button>
        }
        <div class="sep"></div>
      }
      <button mat-menu-item type="button" [disabled]="offline()" (click)="actions.create()">
        <mle-icon name="plus" />New project
      </button>
      <button mat-menu-item type="button" [disabled]="offline()" (click)="actions.create('git')">
        <mle-icon name="branch" />Clone from git
      </button>
      <button mat-menu-item type="button" [disabled]="offline()" (click)="actions.create('zip')">
        <mle-icon name="upload" />Upload zip
      </button>
      @if (store.current(); as project) {
        <div class="sep"></div>
        <div class="menu-head cut">{{ project.name }}</div>
        <button mat-menu-item type="button" [disabled]="offline()" (click)="actions.rename(project)">
          <mle-icon name="pencil" />Rename
        </button>
        <button mat-menu-item type="button" [disabled]="offline()" (click)="actions.duplicate(project)">
          <mle-icon name="copy" />Duplicate
        </button>
        <button mat-menu-item type="button" [disabled]="offline()" (click)="actions.settings(project)">
          <mle-icon name="sliders" />Settings
        </button>
        <a mat-menu-item [disabled]="offline()" [href]="api.archiveUrl(project.id)" download
          ><mle-icon name="download" />Download zip</a
        >
        <div class="sep"></div>
        <button mat-menu-item type="button" class="danger" [disabled]="offline()" (click)="actions.remove(project)">
          <mle-icon name="trash" />Delete
        </button>
      }
    </mat-menu>
  `,
  styles: `
    :host {
      min-width: 0;
    }
    .project {
      display: flex;
      align-items: center;
      gap: 2px;
      max-width: 240px;
      height: var(--control-small);
      padding: 0 4px 0 8px;
      border: 0;
      background: none;
      border-radius: var(--radius);
      font-weight: var(--weight-strong);
      &:hover {
        background: var(--hover);
      }
      mle-icon {
        color: var(--text-faint);
      }
    }
  `,
})
export class ProjectMenu {
  protected readonly store = inject(ProjectsStore);
  protected readonly actions = inject(ProjectActions);
  protected readonly api = inject(ProjectsApi);
  protected readonly server = inject(ServerState);
  protected readonly offline = computed(() => this.server.refusal() !== null);
  private readonly router = inject(Router);
  /** The open one, and those that changed last; by name, so that each keeps its place. */
  protected readonly latest = computed(() => {
    const current = this.store.current();
    const others = this.store
      .list()
      .filter((project) => project !== current)
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    return [...(current ? [current] : []), ...others].slice(0, SHOWN).sort((a, b) => a.name.localeCompare(b.name));
  });

  protected open(id: string): void {
    void this.router.navigate(['/code'], { queryParams: { project: id } });
  }
}
