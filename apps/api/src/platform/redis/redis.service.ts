import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { CONFIG, type Config } from '../config/config.js';

/** Connections to Redis. They reconnect by themselves for as long as it takes. */
@Injectable()
export class RedisService implements OnModuleDestroy {
  /** For short commands. A command that Redis cannot take within seconds is rejected. */
  readonly client: Redis;
  private readonly opened = new Set<Redis>();

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.client = this.connect({ commandTimeout: 3_000 });
  }

  connect(options: Partial<RedisOptions> = {}): Redis {
    const redis = new Redis({
      ...this.config.redis,
      maxRetriesPerRequest: null,
      retryStrategy: (tries) => Math.min(50 * tries, 500),
      ...options,
    });
    // Each outage is seen by whoever waits for a reply; without a listener it would end the process.
    redis.on('error', () => undefined);
    this.opened.add(redis);
    return redis;
  }

  async ping(): Promise<void> {
    await this.client.ping();
  }

  onModuleDestroy(): void {
    for (const redis of this.opened) redis.disconnect();
  }
}
