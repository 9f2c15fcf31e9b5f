import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { MetricList, MetricsOfRuns, ResourceList } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

@Injectable({ providedIn: 'root' })
export class MetricsApi {
  private readonly http = inject(HttpClient);

  metrics(runId: string, attempt?: number): Promise<MetricList> {
    return firstValueFrom(
      this.http.get<MetricList>(`${API}/runs/${runId}/metrics`, { params: attempt === undefined ? {} : { attempt } }),
    );
  }

  /** A small curve of each run, of at most 32 points. */
  ofRuns(runIds: readonly string[], name: string): Promise<MetricsOfRuns> {
    const params = { runs: runIds.join(','), names: name, points: 16 };
    return firstValueFrom(this.http.get<MetricsOfRuns>(`${API}/metrics`, { params }));
  }

  resources(runId: string, attempt?: number): Promise<ResourceList> {
    return firstValueFrom(
      this.http.get<ResourceList>(`${API}/runs/${runId}/resources`, {
        params: attempt === undefined ? {} : { attempt },
      }),
    );
  }
}
