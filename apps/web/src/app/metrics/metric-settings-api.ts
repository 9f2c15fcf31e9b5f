import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { FoundList, MetricPattern, MetricPreview, MetricRules, MetricSettings } from '@mle/protocol';
import { firstValueFrom } from 'rxjs';
import { API } from '../core/api-address';

@Injectable({ providedIn: 'root' })
export class MetricSettingsApi {
  private readonly http = inject(HttpClient);

  get(projectId: string): Promise<MetricSettings> {
    return firstValueFrom(this.http.get<MetricSettings>(address(projectId)));
  }

  put(projectId: string, rules: MetricRules): Promise<MetricSettings> {
    return firstValueFrom(this.http.put<MetricSettings>(address(projectId), rules));
  }

  preview(projectId: string, runId: string, pattern: MetricPattern): Promise<MetricPreview> {
    return firstValueFrom(this.http.post<MetricPreview>(`${address(projectId)}/preview`, { runId, pattern }));
  }

  cancel(projectId: string): Promise<MetricSettings> {
    return firstValueFrom(this.http.delete<MetricSettings>(`${address(projectId)}/rereading`));
  }

  resume(projectId: string): Promise<MetricSettings> {
    return firstValueFrom(this.http.post<MetricSettings>(`${address(projectId)}/rereading`, {}));
  }

  found(runId: string, attempt: number | null): Promise<FoundList> {
    return firstValueFrom(
      this.http.get<FoundList>(`${API}/runs/${runId}/metrics/found`, { params: attempt === null ? {} : { attempt } }),
    );
  }
}

const address = (projectId: string): string => `${API}/projects/${projectId}/metrics`;
