import { createHash, timingSafeEqual } from 'node:crypto';
import { ClockSchema, CommandSchema, FaultSchema, SpotPriceSchema } from '@mle/simulated-ec2';
import { ZodError } from 'zod';
import type { Account, Site } from '../account/account.js';
import type { Instance } from '../account/instance.js';
import type { Answer } from '../services/protocols.js';

const PREFIX = '/_simulator/';

/** A request that is refused, with a sentence for the developer who made it. */
class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The routes by which tests make things go wrong and time go by. They want the token that was printed at the start. */
export class ControlDoor {
  constructor(
    private readonly account: Account,
    private readonly token: string,
  ) {}

  serves(url: string): boolean {
    return url.startsWith(PREFIX);
  }

  async answer(method: string, url: string, authorization: string | undefined, body: string): Promise<Answer> {
    try {
      if (!sameText(authorization ?? '', `Bearer ${this.token}`))
        throw new Refused(401, 'The control token is missing or wrong.');
      const result = await this.act(method, url.slice(PREFIX.length).split('/'), body);
      return { status: 200, contentType: 'application/json', body: result === undefined ? '' : JSON.stringify(result) };
    } catch (error) {
      if (error instanceof Refused) return { status: error.status, contentType: 'text/plain', body: error.message };
      const message =
        error instanceof ZodError
          ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
          : String(error);
      return { status: 400, contentType: 'text/plain', body: message };
    }
  }

  private async act(method: string, [what = '', id = '', verb = '']: string[], body: string): Promise<unknown> {
    const { account } = this;
    switch (`${method} ${what}${verb === '' ? '' : `/${verb}`}`) {
      case 'POST faults':
        return account.faults.add(FaultSchema.parse(JSON.parse(body)));
      case 'GET faults':
        return account.faults.list();
      case 'DELETE faults':
        return account.faults.clear();
      case 'GET calls':
        return account.calls();
      case 'POST clock':
        return account.clock.advance(ClockSchema.parse(JSON.parse(body)).advanceMs);
      case 'POST spot-prices': {
        const { instanceType, zone, price } = SpotPriceSchema.parse(JSON.parse(body));
        return account.setSpotPrice(instanceType, zone, price);
      }
      case 'POST instances/interrupt':
        return this.interrupt(this.find(id));
      case 'POST instances/power-cycle':
        return this.powerCycle(this.find(id).instance);
      case 'POST instances/command':
        return this.find(id).instance.machine.run(CommandSchema.parse(JSON.parse(body)).command);
      default:
        throw new Refused(404, `There is no ${method} ${what}.`);
    }
  }

  private interrupt({ instance, site }: { instance: Instance; site: Site }): void {
    if (instance.spot === null) throw new Refused(409, `${instance.id} is no spot instance.`);
    site.lifecycle.interrupt(instance);
  }

  private async powerCycle({ id, state, machine }: Instance): Promise<void> {
    if (state !== 'running') throw new Refused(409, `${id} does not run.`);
    await machine.switchOff();
    machine.switchOn();
  }

  private find(id: string): { instance: Instance; site: Site } {
    const found = this.account.find(id);
    if (found === undefined) throw new Refused(404, `There is no instance ${id}.`);
    return found;
  }
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
