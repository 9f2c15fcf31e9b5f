import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import { Clock } from '../core/clock';
import { ago } from '../core/format';
import { ProjectsStore } from '../projects/projects-store';
import { Icon } from '../ui/icon';
import { ListOption, OptionList } from '../ui/option-list';

/** All projects, to find one of many by a part of its name. */
@Component({
  selector: 'mle-open-project-dialog',
  imports: [Icon, ListOption, OptionList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="dialog-form">
      <header>
        <h1>Open a project</h1>
        <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
      </header>
      <div class="body">
        <input
          #text
          class="input"
          type="text"
          role="combobox"
          cdkFocusInitial
          autocomplete="off"
          spellcheck="false"
          placeholder="Part of a name"
          aria-label="Find a project"
          aria-controls="project-list"
          aria-expanded="true"
          [attr.aria-activedescendant]="list.activeId()"
          (input)="wanted.set(text.value)"
          (keydown)="list.onKey($event)"
        />
        <div #list="mleOptionList" mleOptionList id="project-list" class="list scroll" aria-label="Projects">
          @for (project of found(); track project.id) {
            <div mleListOption class="option" (picked)="open(project.id)">
              <mle-icon [name]="project.id === store.current()?.id ? 'check' : 'folder'" />
              <span class="cut grow">{{ project.name }}</span>
              <span class="muted">{{ since(project.updatedAt) }}</span>
            </div>
          }
        </div>
        @if (found().length === 0) {
          <p class="muted" role="status">No project has “{{ wanted() }}” in its name.</p>
        }
      </div>
    </div>
  `,
  styles: `
    .list {
      display: grid;
      align-content: start;
      height: 320px;
      max-height: 50vh;
      margin: 0 -8px;
      &:empty {
        display: none;
      }
    }
    .option {
      display: flex;
      align-items: center;
      gap: 8px;
      min-height: 36px;
      padding: 0 8px;
      border-radius: var(--radius);
      cursor: default;
      .muted {
        flex: none;
        font: var(--text-12);
      }
      &:hover {
        background: var(--hover);
      }
      &[aria-selected='true'] {
        background: var(--selected);
      }
    }
    @media (max-width: 719px) {
      .option {
        min-height: 44px;
      }
    }
  `,
})
export class OpenProjectDialog {
  protected readonly ref = inject<MatDialogRef<OpenProjectDialog>>(MatDialogRef);
  protected readonly store = inject(ProjectsStore);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  protected readonly wanted = signal('');
  protected readonly found = computed(() => {
    const words = this.wanted().toLowerCase().split(/\s+/);
    return this.store.list().filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  });
  protected since(at: string): string {
    return ago(at, this.clock.now());
  }

  protected open(id: string): void {
    this.ref.close();
    void this.router.navigate(['/code'], { queryParams: { project: id } });
  }
}
