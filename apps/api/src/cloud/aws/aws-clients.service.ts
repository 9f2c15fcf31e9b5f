import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { AwsAccess } from './keys/aws-settings.repository.js';

/** Each call is one request of at most so long: who repeats it knows what the first one may have done. */
const CONNECT_MS = 4_000;
const ANSWER_MS = 9_000;
/** Of prices: nothing is done twice by asking again. */
const PRICE_TRIES = 4;

export interface AwsClients {
  ec2: EC2Client;
  sts: STSClient;
  ssm: SSMClient;
  quotas: ServiceQuotasClient;
  /** Null: a simulation that has none. */
  pricing: PricingClient | null;
}

/** The clients of the SDK for a region; new ones when the keys have changed. */
@Injectable()
export class AwsClientsService implements OnModuleDestroy {
  private readonly clients = new Map<string, AwsClients>();
  private keys = '';

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  of({ keys, region: home }: AwsAccess, region = home): AwsClients {
    const stamp = JSON.stringify(keys);
    if (stamp !== this.keys) this.onModuleDestroy();
    this.keys = stamp;
    const known = this.clients.get(region);
    if (known) return known;
    const { awsEndpoints } = this.config;
    const options = (endpoint: string | null) => ({
      region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
      ...(endpoint !== null && { endpoint }),
      ...(keys && { credentials: keys }),
    });
    const made = {
      ec2: new EC2Client(options(awsEndpoints.ec2)),
      sts: new STSClient(options(awsEndpoints.sts)),
      ssm: new SSMClient(options(awsEndpoints.ssm)),
      quotas: new ServiceQuotasClient(options(awsEndpoints.quotas)),
      pricing:
        awsEndpoints.ec2 !== null && awsEndpoints.pricing === null
          ? null
          : new PricingClient({
              ...options(awsEndpoints.pricing),
              region: pricingRegion(region),
              maxAttempts: PRICE_TRIES,
            }),
    };
    this.clients.set(region, made);
    return made;
  }

  onModuleDestroy(): void {
    for (const { ec2, sts, ssm, quotas, pricing } of this.clients.values()) {
      ec2.destroy();
      sts.destroy();
      ssm.destroy();
      quotas.destroy();
      pricing?.destroy();
    }
    this.clients.clear();
  }
}

/** The price list of all regions is served by few of them. */
const pricingRegion = (region: string): string => (region.startsWith('cn-') ? 'cn-northwest-1' : 'us-east-1');
