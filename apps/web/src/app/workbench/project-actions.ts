import { inject, Injectable } from '@angular/core';
import { MatDialog, type MatDialogConfig } from '@angular/material/dialog';
import type { ProjectView } from '@mle/protocol';
import { DocumentStore } from '../editor/document-store';
import { ProjectsStore } from '../projects/projects-store';
import { confirm } from '../ui/confirm';
import type { Confirmation } from '../ui/confirm-dialog';
import type { NameQuestion } from '../ui/name-dialog';
import type { ProjectStart } from './new-project-dialog';

/** What can be done with projects, each with its dialog. */
@Injectable({ providedIn: 'root' })
export class ProjectActions {
  private readonly dialog = inject(MatDialog);
  private readonly store = inject(ProjectsStore);
  private readonly documents = inject(DocumentStore);

  async create(start: ProjectStart = 'empty'): Promise<void> {
    const { NewProjectDialog } = await import('./new-project-dialog');
    this.dialog.open(NewProjectDialog, { ...config('New project'), data: start });
  }

  async openOther(): Promise<void> {
    const { OpenProjectDialog } = await import('./open-project-dialog');
    this.dialog.open(OpenProjectDialog, config('Open a project'));
  }

  async rename(project: ProjectView): Promise<void> {
    await this.ask({
      title: `Rename ${project.name}`,
      label: 'Name',
      value: project.name,
      verb: 'Rename',
      act: (name) => this.store.rename(project.id, name),
    });
  }

  async settings(project: ProjectView): Promise<void> {
    const { ProjectSettingsDialog } = await import('./project-settings-dialog');
    this.dialog.open(ProjectSettingsDialog, { ...config(`Settings of ${project.name}`), data: project });
  }

  async duplicate(project: ProjectView): Promise<void> {
    const act = async (name: string) => {
      await this.documents.saveAll();
      await this.store.create({ name, projectId: project.id });
    };
    await this.ask({
      title: `Duplicate ${project.name}`,
      label: 'Name of the copy',
      value: `${project.name} copy`,
      verb: 'Duplicate',
      act,
    });
  }

  async remove(project: ProjectView): Promise<void> {
    const data: Confirmation = {
      title: `Delete ${project.name}?`,
      text: 'Its files, its runs and their output are deleted and cannot be brought back. Download the zip first to keep the files.',
      verb: 'Delete',
      act: () => this.store.remove(project.id),
    };
    await confirm(this.dialog, data);
  }

  private async ask(data: NameQuestion): Promise<void> {
    const { NameDialog } = await import('../ui/name-dialog');
    this.dialog.open(NameDialog, { ...config(data.title), data });
  }
}

const config = (label: string): MatDialogConfig => ({
  ariaLabel: label,
  autoFocus: '[cdkFocusInitial]',
  restoreFocus: true,
});
