import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../platform/http/network-of.js';
import { ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { keyOfLogin } from '../users/login-key.js';

const WINDOW_SECONDS = 15 * 60;

/** Who tries which login. */
export interface Guesser {
  login: string;
  address: string;
  /** The id of a browser in which this login was used before: it is counted by itself. */
  browser: string | null;
}

/**
 * Counts wrong passwords under a key. From the `free`-th on there is a delay before each further one, which doubles up
 * to `longest` seconds: nobody is ever locked out.
 */
class Delay {
  private readonly wrong = new RateLimiterMemory({ points: 1, duration: WINDOW_SECONDS });
  private readonly waits = new RateLimiterMemory({ points: 1, duration: 1 });

  constructor(private readonly limits: { free: number; longest: number }) {}

  /** Takes the turn to try, or answers after how many milliseconds there is one. */
  async enter(key: string): Promise<number> {
    const seconds = this.seconds((await this.wrong.get(key))?.consumedPoints ?? 0);
    if (seconds === 0) return 0;
    try {
      await this.waits.consume(key, 1, { customDuration: seconds });
      return 0;
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
      throw error;
    }
  }

  /** Gives the turn back: it was not used. */
  async leave(key: string): Promise<void> {
    await this.waits.delete(key);
  }

  async countWrong(key: string): Promise<void> {
    const { consumedPoints } = await this.wrong.penalty(key);
    const seconds = this.seconds(consumedPoints);
    if (seconds > 0) await this.waits.set(key, 1, seconds);
  }

  /** Whoever knows the password may have mistyped it before. */
  async forget(key: string): Promise<void> {
    await Promise.all([this.wrong.delete(key), this.waits.delete(key)]);
  }

  private seconds(wrong: number): number {
    const { free, longest } = this.limits;
    return wrong < free ? 0 : Math.min(longest, 2 ** Math.min(wrong - free, 20));
  }
}

interface Counted {
  delay: Delay;
  key: string;
  /** The right password ends it: of an address it does not, for there somebody may know one password and guess others. */
  ends: boolean;
}

/** Slows down whoever guesses passwords. Counted in this process. */
@Injectable()
export class LoginLimits {
  private readonly ofBrowser = new Delay({ free: 10, longest: 60 });
  private readonly ofPair = new Delay({ free: 10, longest: 60 });
  /** From all addresses together: short, so that a crowd of guessers does not keep the owner out of a new browser. */
  private readonly ofLogin = new Delay({ free: 30, longest: 8 });
  private readonly ofAddress = new Delay({ free: 100, longest: 60 });

  /**
   * Lets `check` look at a password or a token, and answers what it finds: null or a refusal by it says that it was
   * wrong. That the server could not look counts for nothing.
   * @throws ProblemError 429, at once and without a look at the password
   */
  async attempt<T>(who: Guesser, check: () => Promise<T>): Promise<T> {
    const counted = this.counted(who);
    await this.enter(counted);
    try {
      const found = await check();
      const right = counted.filter(({ ends }) => ends);
      await (found === null ? this.countWrong(counted) : Promise.all(right.map(({ delay, key }) => delay.forget(key))));
      if (found === null) logger.warn({ login: who.login, address: who.address }, 'a wrong login or password');
      return found;
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) {
        await this.countWrong(counted);
        logger.warn({ login: who.login, address: who.address, code: error.code }, 'a log-in was refused');
      }
      throw error;
    }
  }

  private counted({ login, address, browser }: Guesser): Counted[] {
    if (browser !== null) return [{ delay: this.ofBrowser, key: browser, ends: true }];
    const [name, network] = [keyOfLogin(login), networkOf(address)];
    return [
      { delay: this.ofAddress, key: network, ends: false },
      { delay: this.ofPair, key: `${network} ${name}`, ends: true },
      { delay: this.ofLogin, key: name, ends: false },
    ];
  }

  private async countWrong(counted: Counted[]): Promise<void> {
    await Promise.all(counted.map(({ delay, key }) => delay.countWrong(key)));
  }

  private async enter(counted: Counted[]): Promise<void> {
    const entered: Counted[] = [];
    for (const each of counted) {
      const ms = await each.delay.enter(each.key);
      if (ms === 0) {
        entered.push(each);
        continue;
      }
      await Promise.all(entered.map(({ delay, key }) => delay.leave(key)));
      const seconds = Math.ceil(ms / 1000);
      throw new ProblemError(
        429,
        'auth.too_many_attempts',
        `Too many wrong passwords. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
        undefined,
        { 'Retry-After': String(seconds) },
      );
    }
  }
}
