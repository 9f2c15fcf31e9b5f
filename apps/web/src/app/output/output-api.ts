import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Segment, SegmentList } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

interface OutputRange {
  from: number;
  bytes: Uint8Array;
  segments: Segment[];
}

@Injectable({ providedIn: 'root' })
export class OutputApi {
  private readonly http = inject(HttpClient);

  /** The stored bytes of `[from, to)` with the stream and time of each piece. */
  async range(runId: string, attempt: number, from: number, to: number): Promise<OutputRange> {
    const params = { attempt, from, to, stream: 'all' };
    const [body, segments] = await Promise.all([
      firstValueFrom(this.http.get(`${API}/runs/${runId}/output`, { params, responseType: 'arraybuffer' })),
      firstValueFrom(this.http.get<SegmentList>(`${API}/runs/${runId}/segments`, { params: { attempt, from, to } })),
    ]);
    return { from, bytes: new Uint8Array(body), segments: segments.items };
  }

  downloadUrl(runId: string, attempt: number): string {
    return `${API}/runs/${runId}/output?attempt=${attempt}`;
  }
}
