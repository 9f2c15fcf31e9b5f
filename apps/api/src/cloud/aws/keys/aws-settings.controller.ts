import {
  type AwsCheck,
  AwsCheckSchema,
  type AwsReach,
  AwsReachSchema,
  type AwsSettings,
  AwsSettingsSchema,
  type AwsSettingsView,
  AwsSettingsViewSchema,
  type OwnAddress,
  OwnAddressSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Inject, Post, Put } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { AdminOnly } from '../../../platform/http/current-user.js';
import { Returns, ZodBody } from '../../../platform/http/zod.js';
import { ReachService } from '../launch/reach.service.js';
import { OtherServersRepository } from '../servers/other-servers.repository.js';
import { AwsCheckService } from './aws-check.service.js';
import { AwsSettingsRepository } from './aws-settings.repository.js';
import { installationId } from './installation-id.js';
import { policyFor } from './policy.js';

@AdminOnly()
@Controller('api/v1')
export class AwsSettingsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly settings: AwsSettingsRepository,
    private readonly checks: AwsCheckService,
    private readonly others: OtherServersRepository,
    private readonly reach: ReachService,
  ) {}

  @Get('settings/aws')
  @Returns(200, AwsSettingsViewSchema, 'How the installation reaches AWS; the secret key is never shown')
  async get(): Promise<AwsSettingsView> {
    const access = await this.settings.get();
    return {
      configured: access !== null,
      accessKeyId: access?.keys ? `…${access.keys.accessKeyId.slice(-4)}` : null,
      region: access?.region ?? null,
      policy: policyFor(installationId(this.config.secretKey)),
      copied: await this.others.undecided(),
      simulated: this.config.awsEndpoints.ec2 !== null,
    };
  }

  @Put('settings/aws')
  @Returns(200, AwsSettingsViewSchema, 'Keeps the keys sealed. Without keys those of the server itself are used')
  async put(@ZodBody(AwsSettingsSchema) body: AwsSettings): Promise<AwsSettingsView> {
    await this.settings.put(body);
    return this.get();
  }

  @Delete('settings/aws')
  @Returns(200, AwsSettingsViewSchema, 'Forgets the keys. Machines that live end by themselves at their time')
  async remove(): Promise<AwsSettingsView> {
    await this.settings.remove();
    return this.get();
  }

  @Post('settings/aws/take-over')
  @Returns(
    201,
    AwsSettingsViewSchema,
    'The machines that the server of the copied data launched are this one’s from now on',
  )
  async takeOver(): Promise<AwsSettingsView> {
    await this.others.replaceAll();
    return this.get();
  }

  @Get('settings/aws/reach')
  @Returns(200, AwsReachSchema, 'How new machines and this server find each other')
  reachView(): Promise<AwsReach> {
    return this.reach.view();
  }

  @Put('settings/aws/reach')
  @Returns(200, AwsReachSchema, 'Gives the public address of this server; null: it is asked for')
  async setReach(@ZodBody(OwnAddressSchema) { ownAddress }: OwnAddress): Promise<AwsReach> {
    await this.settings.setOwnAddress(ownAddress);
    return this.reach.view();
  }

  @Get('instances/check')
  @Returns(200, AwsCheckSchema, 'Tries what a launch needs, without launching; each line within 10 seconds')
  check(): Promise<AwsCheck> {
    return this.checks.check();
  }
}
