import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import { Commands } from '../core/commands';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { MachinesStore } from '../machines/machines-store';
import { ProjectsStore } from '../projects/projects-store';
import { RunsStore } from '../runs/runs-store';
import { Icon } from '../ui/icon';
import { ListOption, OptionList } from '../ui/option-list';
import {
  commandItem,
  fileItem,
  type FindItem,
  findItems,
  machineItem,
  pageItem,
  projectItem,
  runItem,
} from './find-items';
import { PAGES } from './pages';

/** Ctrl K: one box that leads to any file, run, machine, project or page, and to what can be done. */
@Component({
  selector: 'mle-find-dialog',
  imports: [Icon, ListOption, OptionList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="box">
      <mle-icon name="search" />
      <input
        #field
        cdkFocusInitial
        type="text"
        role="combobox"
        aria-label="Find a file, run, machine, project, page or command"
        aria-controls="find-list"
        [attr.aria-expanded]="found().length > 0"
        aria-autocomplete="list"
        [attr.aria-activedescendant]="list.activeId()"
        placeholder="File, run, machine, project, page or command"
        autocomplete="off"
        spellcheck="false"
        (input)="query.set(field.value)"
        (keydown)="list.onKey($event)"
      />
      <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
    </div>
    <ul #list="mleOptionList" mleOptionList id="find-list" aria-label="Found">
      @for (item of found(); track item.kind + item.id) {
        <li mleListOption (picked)="go(item)">
          <mle-icon [name]="item.icon" /><span class="cut">{{ item.text }}</span
          ><span class="muted cut">{{ item.more }}</span
          ><span class="kind">
            @if (item.keys) {
              <kbd>{{ item.keys }}</kbd>
            }
            {{ item.kind }}</span
          >
        </li>
      }
    </ul>
    @if (found().length === 0) {
      <p class="none" role="status">Nothing here is called so. The Runs page searches older runs too.</p>
    }
  `,
  styles: `
    :host {
      display: block;
    }
    .box {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 8px 12px;
      border-bottom: 1px solid var(--border);
    }
    input {
      flex: 1;
      min-width: 0;
      height: 32px;
      border: 0;
      outline: 0;
      background: none;
      color: var(--text);
      font: var(--text-15);
      &::placeholder {
        color: var(--text-faint);
        opacity: 1;
      }
    }
    ul {
      max-height: 420px;
      overflow: auto;
      padding: 4px;
    }
    li {
      display: flex;
      align-items: center;
      gap: 8px;
      min-height: 36px;
      padding: 0 8px;
      border-radius: var(--radius);
      cursor: pointer;
      &[aria-selected='true'] {
        background: var(--selected);
      }
    }
    @media (max-width: 719px) {
      ul {
        max-height: calc(100dvh - 52px);
      }
      li {
        min-height: 44px;
      }
    }
    .kind {
      display: flex;
      align-items: center;
      gap: 8px;
      margin-left: auto;
      white-space: nowrap;
      font: var(--text-11);
      color: var(--text-muted);
    }
    .none {
      padding: 8px 16px 16px;
      color: var(--text-muted);
    }
  `,
})
export class FindDialog {
  protected readonly ref = inject<MatDialogRef<FindDialog>>(MatDialogRef);
  private readonly router = inject(Router);
  private readonly commands = inject(Commands);
  private readonly documents = inject(DocumentStore);
  private readonly files = inject(FilesStore);
  private readonly machines = inject(MachinesStore);
  private readonly projects = inject(ProjectsStore);
  private readonly runs = inject(RunsStore);
  protected readonly query = signal('');
  private readonly items = computed<FindItem[]>(() => [
    ...PAGES.map(pageItem),
    ...this.commands.list().map(commandItem),
    ...this.files.files().map(fileItem),
    ...this.runs.all().map(runItem),
    ...this.machines.list().map(machineItem),
    ...this.projects.list().map(projectItem),
  ]);
  protected readonly found = computed(() => findItems(this.items(), this.query()));

  protected async go({ kind, id }: FindItem): Promise<void> {
    this.ref.close();
    if (kind === 'Command') this.do(id);
    else if (kind === 'Page') await this.router.navigateByUrl(id);
    else if (kind === 'Run') await this.router.navigate(['/runs', id]);
    else if (kind === 'Machine') await this.router.navigate(['/machines'], { queryParams: { machine: id } });
    else if (kind === 'Project') await this.router.navigate(['/code'], { queryParams: { project: id } });
    else {
      await this.router.navigateByUrl('/code');
      await this.documents.open(id, { focus: true });
    }
  }

  /** After the list gave the focus back, which a command may want elsewhere. */
  private do(name: string): void {
    const command = this.commands.list().find((other) => other.name === name);
    this.ref.afterClosed().subscribe(() => command?.run());
  }
}
