import { LIMITS, type Money } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { RunTimesRepository } from '../../run-records/run-times.repository.js';
import { costOf, perHourOf, reservedOf, startOfMonth } from '../instances/cost.js';
import { type InstanceRecord, InstancesRepository } from '../instances/instances.repository.js';

const HOUR_MS = 3_600_000;

/** What instances cost. Estimates all of it: the account's bill is AWS' own. */
@Injectable()
export class MoneyService {
  constructor(
    private readonly instances: InstancesRepository,
    private readonly runTimes: RunTimesRepository,
  ) {}

  async of(ownerId: string): Promise<Money> {
    const now = Date.now();
    const since = startOfMonth(now);
    const all = (await this.instances.counted(new Date(since))).filter(({ held }) => !held);
    const living = all.filter(({ endedAt }) => endedAt === null);
    const costs = all.map((each) => ({ id: each.id, name: each.name, cost: costOf(each, since, now) }));
    return {
      perHour: sum(living.map(perHourOf)),
      month: sum(costs.map(({ cost }) => cost)),
      reserved: sum(living.map((each) => reservedOf(each, now))),
      byMachine: dearest(costs),
      byProject: dearest(await this.byProject(ownerId, all, since)),
      estimate: true,
    };
  }

  /** What it cost to use machines for some time, since an instant; those that cost nothing count nothing. */
  async ofTimes(times: readonly { machineId: string; ms: number }[], since: Date): Promise<number> {
    const prices = pricesOf(await this.instances.counted(since));
    return sum(times.map(({ machineId, ms }) => (ms / HOUR_MS) * (prices.get(machineId) ?? 0)));
  }

  /** Runs count for the time that they had the machine, whether alone or beside others. */
  private async byProject(
    ownerId: string,
    instances: Awaited<ReturnType<InstancesRepository['counted']>>,
    since: number,
  ): Promise<Cost[]> {
    const prices = pricesOf(instances);
    const byProject = new Map<string, Cost>();
    await this.runTimes.each(ownerId, [...prices.keys()], new Date(since), (time) => {
      const { projectId: id, projectName: name, machineId, ms } = time;
      const cost = (ms / HOUR_MS) * (prices.get(machineId) ?? 0);
      byProject.set(id, { id, name, cost: (byProject.get(id)?.cost ?? 0) + cost });
    });
    return [...byProject.values()];
  }
}

/** Per hour, by machine. */
const pricesOf = (instances: readonly Pick<InstanceRecord, 'machineId' | 'price'>[]): Map<string, number> =>
  new Map(
    instances.flatMap(({ machineId, price }): [string, number][] =>
      machineId === null ? [] : [[machineId, price.compute + price.address + price.disk]],
    ),
  );

interface Cost {
  id: string;
  name: string;
  cost: number;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const dearest = (costs: readonly Cost[]): Cost[] =>
  costs
    .filter(({ cost }) => cost > 0)
    .sort((a, b) => b.cost - a.cost)
    .slice(0, LIMITS.pageItems);
