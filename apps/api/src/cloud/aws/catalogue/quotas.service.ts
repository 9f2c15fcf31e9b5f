import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { Injectable } from '@nestjs/common';
import type { AwsClients } from '../aws-clients.service.js';

const KEPT_MS = 10 * 60_000;

/** How many vCPUs the account may have at once. */
@Injectable()
export class QuotasService {
  private readonly known = new Map<string, { value: number | null; at: number }>();

  /** @throws what the SDK throws. */
  async ask({ quotas }: AwsClients, code: string): Promise<number | null> {
    const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: code }));
    return Quota?.Value ?? null;
  }

  /** Those that can be read; the others say nothing about what can be launched. */
  async limits(clients: AwsClients, region: string, codes: Iterable<string>): Promise<Map<string, number>> {
    const limits = new Map<string, number>();
    const read = async (code: string): Promise<void> => {
      const key = `${region} ${code}`;
      let entry = this.known.get(key);
      if (!entry || Date.now() - entry.at > KEPT_MS) {
        entry = { value: await this.ask(clients, code).catch(() => null), at: Date.now() };
        this.known.set(key, entry);
      }
      if (entry.value !== null) limits.set(code, entry.value);
    };
    await Promise.all([...codes].map(read));
    return limits;
  }
}
