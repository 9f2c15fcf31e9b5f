import type { Hello, Inventory, Load, MachineProvider, UpdateMachine } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, UpdateQuery } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { type ExpectedMachine, JoinToken, Machine } from './machine.schema.js';

/** A machine as the database has it. */
export type MachineRecord = Omit<Machine, '_id'> & { id: string };

/** The only place that touches machines and join tokens in the database. */
@Injectable()
export class MachinesRepository {
  constructor(
    @InjectModel(Machine.name) private readonly machines: Model<Machine>,
    @InjectModel(JoinToken.name) private readonly tokens: Model<JoinToken>,
  ) {}

  async list(): Promise<MachineRecord[]> {
    return (await this.machines.find().sort({ _id: 1 }).lean()).map(record);
  }

  async get(id: string): Promise<MachineRecord | null> {
    const machine = await this.machines.findById(id).lean();
    return machine && record(machine);
  }

  async byCredential(credentialHash: string): Promise<MachineRecord | null> {
    const machine = await this.machines.findOne({ credentialHash }).lean();
    return machine && record(machine);
  }

  /** The machine of this computer: there is one, which keeps its id when its worker joins anew. */
  async joinLocal(credentialHash: string, name: string): Promise<string> {
    const machine = await this.machines
      .findOneAndUpdate(
        { provider: 'local', instanceId: { $exists: false } },
        { $set: { credentialHash }, $setOnInsert: { name, createdAt: new Date() } },
        { upsert: true, returnDocument: 'after' },
      )
      .lean();
    return machine._id.toHexString();
  }

  async create(values: { name: string; provider: MachineProvider; credentialHash: string }): Promise<string> {
    const machine = await this.machines.create({ ...values, createdAt: new Date() });
    return machine._id.toHexString();
  }

  /** The machine of an instance, which keeps its id when its worker joins anew. */
  async joinInstance(expected: ExpectedMachine, credentialHash: string): Promise<string> {
    const { instanceId, ...values } = expected;
    const machine = await this.machines
      .findOneAndUpdate(
        { instanceId },
        { $set: { credentialHash }, $setOnInsert: { ...values, createdAt: new Date() } },
        { upsert: true, returnDocument: 'after' },
      )
      .lean();
    return machine._id.toHexString();
  }

  async ofInstances(instanceIds: readonly string[]): Promise<MachineRecord[]> {
    return (await this.machines.find({ instanceId: { $in: [...instanceIds] } }).lean()).map(record);
  }

  /** Null: it has not joined yet. */
  async setEnd(instanceId: string, endsAt: Date): Promise<MachineRecord | null> {
    const machine = await this.machines
      .findOneAndUpdate({ instanceId }, { $set: { endsAt } }, { returnDocument: 'after' })
      .lean();
    return machine && record(machine);
  }

  async addJoinToken(hash: string, expiresAt: Date, expected?: ExpectedMachine): Promise<void> {
    await this.tokens.create({ hash, expiresAt, ...(expected && { expected }) });
  }

  /** The token for one caller, once. */
  async useJoinToken(hash: string): Promise<Pick<JoinToken, 'expected'> | null> {
    return this.tokens.findOneAndDelete({ hash, expiresAt: { $gt: new Date() } }).lean();
  }

  async greet(id: string, hello: Hello): Promise<MachineRecord | null> {
    const { inventory, properties, version } = hello;
    return this.update(id, { $set: { inventory, properties, version, online: true, lastSeenAt: new Date() } });
  }

  async setInventory(id: string, inventory: Inventory): Promise<MachineRecord | null> {
    return this.update(id, { $set: { inventory } });
  }

  async seen(id: string, load: Load | null): Promise<MachineRecord | null> {
    return this.update(id, { $set: { online: true, lastSeenAt: new Date(), load } });
  }

  async setOffline(id: string): Promise<MachineRecord | null> {
    return this.update(id, { $set: { online: false, load: null } });
  }

  /** Shows offline those that have been silent since `before`; answers the ones that this call changed. */
  async expire(before: Date): Promise<MachineRecord[]> {
    const silent = await this.machines.find({ online: true, lastSeenAt: { $lt: before } }).lean();
    const changed: MachineRecord[] = [];
    for (const { _id } of silent) {
      const machine = await this.machines
        .findOneAndUpdate(
          { _id, online: true, lastSeenAt: { $lt: before } },
          { $set: { online: false, load: null } },
          { returnDocument: 'after' },
        )
        .lean();
      if (machine) changed.push(record(machine));
    }
    return changed;
  }

  async change(id: string, { drain, ...values }: UpdateMachine): Promise<MachineRecord | null> {
    return this.update(id, { $set: { ...values, ...(drain !== undefined && { draining: drain }) } });
  }

  /** Makes these machines the members of the pool, and no others; answers the machines that this changed. */
  async setMembersOfPool(poolId: string, machineIds: readonly string[]): Promise<MachineRecord[]> {
    const members = machineIds.map(objectId);
    const changed = await this.machines
      .find(
        {
          $or: [
            { _id: { $in: members }, poolIds: { $ne: poolId } },
            { _id: { $nin: members }, poolIds: poolId },
          ],
        },
        { _id: 1 },
      )
      .lean();
    await this.machines.updateMany({ _id: { $in: members } }, { $addToSet: { poolIds: poolId } });
    await this.machines.updateMany({ _id: { $nin: members }, poolIds: poolId }, { $pull: { poolIds: poolId } });
    return (await this.machines.find({ _id: { $in: changed.map(({ _id }) => _id) } }).lean()).map(record);
  }

  async remove(id: string): Promise<boolean> {
    return (await this.machines.deleteOne({ _id: objectId(id) })).deletedCount === 1;
  }

  private async update(id: string, change: UpdateQuery<Machine>): Promise<MachineRecord | null> {
    const machine = await this.machines.findByIdAndUpdate(id, change, { returnDocument: 'after' }).lean();
    return machine && record(machine);
  }
}

/** A machine that joined before there were pools has no list of them. */
function record({ _id, ...machine }: Machine): MachineRecord {
  return { ...machine, poolIds: machine.poolIds ?? [], id: _id.toHexString() };
}
