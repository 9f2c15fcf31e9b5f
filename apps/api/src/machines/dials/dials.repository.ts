import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { Machine, type MachineDial } from '../machine.schema.js';

/** A machine that the server dials. */
export interface DialRecord {
  machineId: string;
  name: string;
  dial: MachineDial;
}

/** Of a machine that an instance becomes. */
export type InstanceOfMachine = Pick<Machine, 'provider' | 'poolIds'> & { instanceId: string };

type DialAddress = Pick<MachineDial, 'url' | 'fingerprint' | 'sealedToken'>;

/**
 * Where machines are dialled, and which replica holds them. Touches the `dial` of machines, and the credential that
 * each dial renews.
 */
@Injectable()
export class DialsRepository {
  constructor(@InjectModel(Machine.name) private readonly machines: Model<Machine>) {}

  async list(): Promise<DialRecord[]> {
    const machines = await this.machines.find({ 'dial.fingerprint': { $type: 'string' } }).lean();
    return machines.flatMap(({ _id, name, dial }) => (dial ? [{ machineId: _id.toHexString(), name, dial }] : []));
  }

  async byFingerprint(fingerprint: string): Promise<string | null> {
    const machine = await this.machines.findOne({ 'dial.fingerprint': fingerprint }).lean();
    return machine?._id.toHexString() ?? null;
  }

  async create(
    name: string,
    address: DialAddress,
    credentialHash: string,
    of: InstanceOfMachine | null,
  ): Promise<string> {
    const dial: MachineDial = { ...address, error: null, holder: null, heldUntil: null };
    const machine = await this.machines.create({
      name,
      provider: 'joined',
      credentialHash,
      dial,
      ...of,
      createdAt: new Date(),
    });
    return machine._id.toHexString();
  }

  async setAddress(machineId: string, { url, fingerprint, sealedToken }: DialAddress): Promise<void> {
    await this.machines.updateOne(
      { _id: objectId(machineId) },
      {
        $set: { 'dial.url': url, 'dial.fingerprint': fingerprint, 'dial.sealedToken': sealedToken, 'dial.error': null },
      },
    );
  }

  async setUrl(machineId: string, url: string): Promise<void> {
    await this.machines.updateOne(
      { _id: objectId(machineId), 'dial.fingerprint': { $type: 'string' } },
      { $set: { 'dial.url': url, 'dial.error': null } },
    );
  }

  async setCredential(machineId: string, credentialHash: string): Promise<boolean> {
    return (
      (await this.machines.updateOne({ _id: objectId(machineId) }, { $set: { credentialHash } })).matchedCount === 1
    );
  }

  /** Whether this is news. */
  async setError(machineId: string, error: string | null): Promise<boolean> {
    const { modifiedCount } = await this.machines.updateOne(
      { _id: objectId(machineId), 'dial.fingerprint': { $type: 'string' }, 'dial.error': { $ne: error } },
      { $set: { 'dial.error': error } },
    );
    return modifiedCount === 1;
  }

  /** Takes the machine, or keeps it: true while nobody else holds it. */
  async hold(machineId: string, holder: string, now: Date, until: Date): Promise<boolean> {
    const free = [{ 'dial.holder': null }, { 'dial.holder': holder }, { 'dial.heldUntil': { $lt: now } }];
    const { matchedCount } = await this.machines.updateOne(
      { _id: objectId(machineId), 'dial.fingerprint': { $type: 'string' }, $or: free },
      { $set: { 'dial.holder': holder, 'dial.heldUntil': until } },
    );
    return matchedCount === 1;
  }

  /** Takes it from whoever holds it: a person asked this replica. */
  async seize(machineId: string, holder: string, until: Date): Promise<void> {
    await this.machines.updateOne(
      { _id: objectId(machineId) },
      { $set: { 'dial.holder': holder, 'dial.heldUntil': until } },
    );
  }

  async letGo(holder: string): Promise<void> {
    await this.machines.updateMany(
      { 'dial.holder': holder },
      { $set: { 'dial.holder': null, 'dial.heldUntil': null } },
    );
  }
}
