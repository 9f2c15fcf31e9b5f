import {
  type AfterViewInit,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { MachinesStore } from '../machines/machines-store';
import { ProjectsStore } from '../projects/projects-store';
import { RunsStore } from '../runs/runs-store';
import { Icon } from '../ui/icon';
import { fileItem, type FindItem, findItems, machineItem, projectItem, runItem } from './find-items';
import { PAGES } from './pages';

/** Ctrl K: one box that leads to any file, run, machine, project or page. */
@Component({
  selector: 'mle-find-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="box">
      <mle-icon name="search" />
      <input
        #field
        cdkFocusInitial
        type="text"
        role="combobox"
        aria-label="Find a file, run, machine, project or page"
        aria-controls="find-list"
        aria-expanded="true"
        aria-autocomplete="list"
        [attr.aria-activedescendant]="found().length > 0 ? 'find-' + place() : null"
        placeholder="File, run, machine, project or page"
        autocomplete="off"
        spellcheck="false"
        (input)="search(field.value)"
        (keydown)="onKey($event)"
      />
      <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
    </div>
    <ul #list id="find-list" role="listbox" aria-label="Found">
      @for (item of found(); track item.kind + item.id; let i = $index) {
        <li role="option" [id]="'find-' + i" [attr.aria-selected]="i === place()" [attr.data-place]="i">
          <mle-icon [name]="item.icon" /><span class="cut">{{ item.text }}</span
          ><span class="muted cut">{{ item.more }}</span
          ><span class="kind">{{ item.kind }}</span>
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
      margin-left: auto;
      font: var(--text-11);
      color: var(--text-muted);
    }
    .none {
      padding: 8px 16px 16px;
      color: var(--text-muted);
    }
  `,
})
export class FindDialog implements AfterViewInit {
  protected readonly ref = inject<MatDialogRef<FindDialog>>(MatDialogRef);
  private readonly router = inject(Router);
  private readonly documents = inject(DocumentStore);
  private readonly files = inject(FilesStore);
  private readonly machines = inject(MachinesStore);
  private readonly projects = inject(ProjectsStore);
  private readonly runs = inject(RunsStore);
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');
  private readonly query = signal('');
  protected readonly place = signal(0);
  private readonly items = computed<FindItem[]>(() => [
    ...PAGES.map(({ path, label }) => ({
      kind: 'Page' as const,
      id: path,
      text: label,
      more: '',
      icon: 'expand' as const,
    })),
    ...this.files.files().map(fileItem),
    ...this.runs.all().map(runItem),
    ...this.machines.list().map(machineItem),
    ...this.projects.list().map(projectItem),
  ]);
  protected readonly found = computed(() => findItems(this.items(), this.query()));

  /** The box keeps the focus: its keys choose from the list, and the pointer is served here for all of its items. */
  ngAfterViewInit(): void {
    const list = this.list().nativeElement;
    const at = (event: MouseEvent): number | null => {
      const place = (event.target as HTMLElement).closest<HTMLElement>('[data-place]')?.dataset['place'];
      return place === undefined ? null : Number(place);
    };
    list.addEventListener('mousemove', (event) => this.place.set(at(event) ?? this.place()));
    list.addEventListener('click', (event) => {
      const item = this.found()[at(event) ?? -1];
      if (item) void this.go(item);
    });
  }

  protected search(text: string): void {
    this.query.set(text);
    this.place.set(0);
  }

  protected onKey(event: KeyboardEvent): void {
    const last = this.found().length - 1;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.place.update((place) => (place + step < 0 ? last : place + step > last ? 0 : place + step));
      document.getElementById(`find-${this.place()}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const item = this.found()[this.place()];
      if (item) void this.go(item);
    }
  }

  protected async go({ kind, id }: FindItem): Promise<void> {
    this.ref.close();
    if (kind === 'Page') await this.router.navigateByUrl(id);
    else if (kind === 'Run') await this.router.navigate(['/runs', id]);
    else if (kind === 'Machine') await this.router.navigate(['/machines'], { queryParams: { machine: id } });
    else {
      if (kind === 'Project') this.projects.open(id);
      await this.router.navigateByUrl('/code');
      if (kind === 'File') await this.documents.open(id, { focus: true });
    }
  }
}
