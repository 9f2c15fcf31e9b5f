import type { AttemptRef, ResourceName } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { bytesOf } from '../../run-records/attempt-record.js';
import type { HistoryState } from './resource-history.js';
import { ResourceRecord } from './resource-record.schema.js';

/** The only place that touches stored resources. */
@Injectable()
export class ResourcesRepository {
  constructor(@InjectModel(ResourceRecord.name) private readonly records: Model<ResourceRecord>) {}

  async load({ runId, attempt }: AttemptRef): Promise<HistoryState | null> {
    const record = await this.records.findOne({ runId, attempt }).lean();
    return record && unpack(record);
  }

  async save({ runId, attempt }: AttemptRef, { stride, times, columns }: HistoryState): Promise<void> {
    const names = Object.keys(columns) as ResourceName[];
    const values = new Float64Array(times.length * (names.length + 1));
    values.set(times);
    names.forEach((name, i) => values.set(columns[name] ?? [], (i + 1) * times.length));
    await this.records.updateOne(
      { runId, attempt },
      { $set: { stride, names, data: Buffer.from(values.buffer) } },
      { upsert: true },
    );
  }

  async removeRuns(runIds: readonly string[]): Promise<void> {
    await this.records.deleteMany({ runId: { $in: runIds } });
  }
}

function unpack({ stride, names, data }: ResourceRecord): HistoryState {
  const bytes = bytesOf(data);
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const length = values.length / (names.length + 1);
  const column = (i: number): number[] => Array.from(values.subarray(i * length, (i + 1) * length));
  return { stride, times: column(0), columns: Object.fromEntries(names.map((name, i) => [name, column(i + 1)])) };
}
