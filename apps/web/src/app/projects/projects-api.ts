import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import type { CreateProject, ExampleView, Page, ProjectView, UpdateProject } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-interceptor';

@Injectable({ providedIn: 'root' })
export class ProjectsApi {
  private readonly http = inject(HttpClient);

  async list(): Promise<ProjectView[]> {
    const projects: ProjectView[] = [];
    let cursor: string | null = null;
    do {
      const params: Record<string, string> = cursor ? { limit: '200', cursor } : { limit: '200' };
      const page: Page<ProjectView> = await firstValueFrom(this.http.get<Page<ProjectView>>(`${API}/projects`, { params }));
      projects.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return projects;
  }

  create(project: CreateProject): Promise<ProjectView> {
    return firstValueFrom(this.http.post<ProjectView>(`${API}/projects`, project));
  }

  update(id: string, change: UpdateProject): Promise<ProjectView> {
    return firstValueFrom(this.http.patch<ProjectView>(`${API}/projects/${id}`, change));
  }

  remove(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`${API}/projects/${id}`));
  }

  async examples(): Promise<ExampleView[]> {
    const answer = await firstValueFrom(this.http.get<{ items: ExampleView[] }>(`${API}/examples`));
    return answer.items;
  }

  archiveUrl(id: string): string {
    return `${API}/projects/${id}/archive`;
  }
}
