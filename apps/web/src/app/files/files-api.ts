import { HttpClient, type HttpEvent } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { FileList, FileView, Move } from '@mle/protocol';
import { firstValueFrom, map, type Observable } from 'rxjs';
import { API } from '../core/api-address';

export interface FileContent {
  bytes: ArrayBuffer;
  etag: string;
}

@Injectable({ providedIn: 'root' })
export class FilesApi {
  private readonly http = inject(HttpClient);

  async list(projectId: string): Promise<FileView[]> {
    const answer = await firstValueFrom(this.http.get<FileList>(`${API}/projects/${projectId}/files`));
    return answer.items;
  }

  url(projectId: string, path: string): string {
    return `${API}/projects/${projectId}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  read(projectId: string, path: string): Promise<FileContent> {
    return firstValueFrom(
      this.http
        .get(this.url(projectId, path), { responseType: 'arraybuffer', observe: 'response' })
        .pipe(
          map((response) => ({ bytes: response.body ?? new ArrayBuffer(0), etag: response.headers.get('ETag') ?? '' })),
        ),
    );
  }

  /** The bytes `[from, to)`; fewer where the file ends before. */
  async readRange(projectId: string, path: string, from: number, to: number): Promise<Uint8Array> {
    if (to <= from) return new Uint8Array();
    const headers = { Range: `bytes=${from}-${to - 1}` };
    const content = await firstValueFrom(
      this.http.get(this.url(projectId, path), { headers, responseType: 'arraybuffer' }),
    );
    return new Uint8Array(content);
  }

  /** Saves only over the version that `etag` names; the empty string only where no file is. Returns the new ETag. */
  write(projectId: string, path: string, content: Blob | string, etag: string): Promise<string> {
    const condition: Record<string, string> = etag ? { 'If-Match': etag } : { 'If-None-Match': '*' };
    const headers = { ...condition, 'Content-Type': 'application/octet-stream' };
    const body = typeof content === 'string' ? new Blob([content]) : content;
    return firstValueFrom(
      this.http
        .put<FileView>(this.url(projectId, path), body, { headers, observe: 'response' })
        .pipe(map((response) => response.headers.get('ETag') ?? `"${response.body?.sha256 ?? ''}"`)),
    );
  }

  remove(projectId: string, path: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(this.url(projectId, path)));
  }

  /** For a page that is closing: the request outlives it, and nobody reads the answer. */
  removeOnLeave(projectId: string, path: string): void {
    void fetch(this.url(projectId, path), { method: 'DELETE', keepalive: true });
  }

  move(projectId: string, move: Move): Promise<unknown> {
    return firstValueFrom(this.http.post(`${API}/projects/${projectId}/move`, move));
  }

  /** Sends many files in one request; the file names carry their paths. */
  upload(projectId: string, files: { path: string; file: File }[]): Observable<HttpEvent<unknown>> {
    const form = new FormData();
    for (const { path, file } of files) form.append('files', file, path);
    return this.http.post(`${API}/projects/${projectId}/files`, form, { reportProgress: true, observe: 'events' });
  }
}
