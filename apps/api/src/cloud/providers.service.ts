import type { InstanceProvider } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { AwsProvider } from './aws/aws-provider.service.js';
import type { MachineProvider } from './instances/instance-provider.js';
import { LocalProvider } from './local/local-provider.service.js';

/** All that have machines. */
@Injectable()
export class Providers {
  readonly all: readonly MachineProvider[];
  private readonly byName: Record<InstanceProvider, MachineProvider>;

  constructor(local: LocalProvider, aws: AwsProvider) {
    this.byName = { local, aws };
    this.all = [local, aws];
  }

  of(name: InstanceProvider): MachineProvider {
    return this.byName[name];
  }
}
