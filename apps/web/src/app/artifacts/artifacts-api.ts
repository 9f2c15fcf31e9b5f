import { HttpClient, type HttpResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { ArtifactList, LeftoverList, LeftoverResult, RunFileList } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

/** Where the bytes of a file of a run are: of its artifacts, or of the snapshot that it ran. */
export type FileKind = 'artifacts' | 'files';

/** What a preview reads of a file. */
interface FileHead {
  bytes: Uint8Array<ArrayBuffer>;
  /** There is more than that. */
  cut: boolean;
}

@Injectable({ providedIn: 'root' })
export class ArtifactsApi {
  private readonly http = inject(HttpClient);

  artifacts(runId: string): Promise<ArtifactList> {
    return firstValueFrom(this.http.get<ArtifactList>(`${API}/runs/${runId}/artifacts`));
  }

  snapshot(runId: string): Promise<RunFileList> {
    return firstValueFrom(this.http.get<RunFileList>(`${API}/runs/${runId}/files`));
  }

  leftovers(runId: string): Promise<LeftoverList> {
    return firstValueFrom(this.http.get<LeftoverList>(`${API}/runs/${runId}/leftovers`));
  }

  keep(runId: string, paths: string[]): Promise<LeftoverResult> {
    return firstValueFrom(this.http.post<LeftoverResult>(`${API}/runs/${runId}/leftovers/keep`, { paths }));
  }

  removeLeftovers(runId: string, paths: string[]): Promise<LeftoverResult> {
    return firstValueFrom(this.http.post<LeftoverResult>(`${API}/runs/${runId}/leftovers/remove`, { paths }));
  }

  /** The first `most` bytes of a file of `size` bytes. */
  async head(runId: string, kind: FileKind, path: string, size: number, most: number): Promise<FileHead> {
    const cut = size > most;
    const headers: Record<string, string> = cut ? { Range: `bytes=0-${most - 1}` } : {};
    const response: HttpResponse<ArrayBuffer> = await firstValueFrom(
      this.http.get(fileUrl(runId, kind, path), { headers, observe: 'response', responseType: 'arraybuffer' }),
    );
    return { bytes: new Uint8Array(response.body ?? new ArrayBuffer(0)), cut };
  }

  archiveUrl(runId: string): string {
    return `${API}/runs/${runId}/artifacts-archive`;
  }

  downloadUrl(runId: string, kind: FileKind, path: string): string {
    return `${fileUrl(runId, kind, path)}?download=1`;
  }
}

const fileUrl = (runId: string, kind: FileKind, path: string): string =>
  `${API}/runs/${runId}/${kind}/${path.split('/').map(encodeURIComponent).join('/')}`;
