import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { ServerState } from '../core/server-state';
import { fileIcon } from '../files/file-icon';
import type { TreeNode } from '../files/file-tree';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { ProjectsApi } from '../projects/projects-api';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { FileChanges } from './file-changes';
import { FileDrop } from './file-drop';
import { FileRow } from './file-row';
import { FilesTree } from './files-tree';
import { NamingRow } from './naming-row';
import { TreeKeys } from './tree-keys';
import { UploadList } from './upload-list';

/** The project's files: their tree, and what can be done with them. */
@Component({
  selector: 'mle-files-panel',
  imports: [FileRow, Icon, MatMenuModule, NamingRow, Notice, UploadList],
  providers: [FileChanges, FileDrop, FilesTree, TreeKeys],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(dragover)': 'drop.over($event, "")',
    '(drop)': 'drop.drop($event, "")',
    '(dragleave)': 'drop.end()',
    '[class.dropping]': 'drop.target() === ""',
  },
  templateUrl: './files-panel.html',
  styleUrl: './files-panel.scss',
})
export class FilesPanel {
  protected readonly store = inject(FilesStore);
  protected readonly tree = inject(FilesTree);
  protected readonly changes = inject(FileChanges);
  protected readonly drop = inject(FileDrop);
  protected readonly server = inject(ServerState);
  private readonly api = inject(FilesApi);
  private readonly projectsApi = inject(ProjectsApi);
  protected readonly offline = computed(() => this.server.refusal() !== null);
  protected readonly archiveUrl = computed(() => this.projectsApi.archiveUrl(this.store.projectId() ?? ''));
  protected readonly anyExpanded = computed(() => this.tree.rows().some((row) => row.expanded));

  /** For buttons outside of the panel too. */
  add(kind: 'file' | 'folder', folder?: string): void {
    this.changes.error.set(null);
    this.tree.add(kind, folder);
  }

  protected iconOf(node: TreeNode) {
    return node.folder ? 'folder' : fileIcon(node.name);
  }

  protected downloadUrl(node: TreeNode): string {
    return this.api.url(this.store.projectId() ?? '', node.path);
  }

  protected pick(input: HTMLInputElement, folder: string): void {
    const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    input.value = '';
    void this.changes.upload(files, folder);
  }
}
