import type { AwsSettings } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { SecretBox } from '../../../platform/secrets/secret-box.js';
import { StoredAwsSettings } from './aws-settings.schema.js';

const ID = 'installation';
const PURPOSE = 'aws secret access key';

interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** How the installation reaches AWS. Keys are null where the server's own surroundings give them. */
export interface AwsAccess {
  region: string;
  keys: AwsKeys | null;
}

/** The only place that touches the keys in the database. */
@Injectable()
export class AwsSettingsRepository {
  constructor(
    @InjectModel(StoredAwsSettings.name) private readonly settings: Model<StoredAwsSettings>,
    private readonly box: SecretBox,
  ) {}

  /** Null: none were given, or they were sealed under another secret key. */
  async get(): Promise<AwsAccess | null> {
    const stored = await this.settings.findById(ID).lean();
    if (!stored) return null;
    const { region, accessKeyId, sealedSecret } = stored;
    if (accessKeyId === null || sealedSecret === null) return { region, keys: null };
    const secretAccessKey = this.box.open(PURPOSE, sealedSecret);
    return secretAccessKey === null ? null : { region, keys: { accessKeyId, secretAccessKey } };
  }

  async put({ region, accessKeyId, secretAccessKey }: AwsSettings): Promise<void> {
    const sealedSecret = secretAccessKey === undefined ? null : this.box.seal(PURPOSE, secretAccessKey);
    await this.settings.updateOne(
      { _id: ID },
      { $set: { region, accessKeyId: accessKeyId ?? null, sealedSecret } },
      { upsert: true },
    );
  }

  /** The public address of this server as a person gave it. */
  async ownAddress(): Promise<string | null> {
    return (await this.settings.findById(ID).lean())?.ownAddress ?? null;
  }

  async setOwnAddress(ownAddress: string | null): Promise<void> {
    await this.settings.updateOne({ _id: ID }, { $set: { ownAddress } });
  }

  async remove(): Promise<void> {
    await this.settings.deleteOne({ _id: ID });
  }
}
