import { HttpClient, HttpEventType } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { CreatedProject, CreateProject, ExampleView, Page, ProjectView, UpdateProject } from '@mle/protocol';
import { EMPTY, filter, firstValueFrom, fromEvent, map, type MonoTypeOperatorFunction, takeUntil, tap } from 'rxjs';
import { API } from '../core/api-address';

@Injectable({ providedIn: 'root' })
export class ProjectsApi {
  private readonly http = inject(HttpClient);

  async list(): Promise<ProjectView[]> {
    const projects: ProjectView[] = [];
    let cursor: string | null = null;
    do {
      const params: Record<string, string> = cursor ? { limit: '200', cursor } : { limit: '200' };
      const page: Page<ProjectView> = await firstValueFrom(
        this.http.get<Page<ProjectView>>(`${API}/projects`, { params }),
      );
      projects.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return projects;
  }

  create(project: CreateProject, signal?: AbortSignal): Promise<CreatedProject> {
    return firstValueFrom(this.http.post<CreatedProject>(`${API}/projects`, project).pipe(until(signal)));
  }

  /** Sends a zip; `progress` hears the part that is sent. */
  upload(
    zip: File,
    name: string | undefined,
    signal: AbortSignal,
    progress: (part: number) => void,
  ): Promise<CreatedProject> {
    const params: Record<string, string> = name === undefined ? { fileName: zip.name } : { name };
    const headers = { 'Content-Type': 'application/zip' };
    return firstValueFrom(
      this.http
        .post<CreatedProject>(`${API}/projects/archive`, zip, {
          params,
          headers,
          reportProgress: true,
          observe: 'events',
        })
        .pipe(
          until(signal),
          tap(
            (event) =>
              event.type === HttpEventType.UploadProgress && progress(event.loaded / (event.total ?? zip.size)),
          ),
          filter((event) => event.type === HttpEventType.Response),
          map((response) => response.body as CreatedProject),
        ),
    );
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

/** Takes the request back when the signal says so; what waits for it fails. */
function until<T>(signal: AbortSignal | undefined): MonoTypeOperatorFunction<T> {
  return takeUntil(signal ? fromEvent(signal, 'abort') : EMPTY);
}
