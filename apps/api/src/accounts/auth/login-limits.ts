import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ProblemError } from '../../platform/http/problem.js';

const WINDOW_SECONDS = 15 * 60;
/** Wrong passwords for one login from one address in the window. */
export const LOGIN_ATTEMPTS = 10;
/** Wrong passwords from one address in the window, whatever the login. */
const ADDRESS_ATTEMPTS = 100;

/** Slows down whoever guesses passwords. Counted in this process. */
@Injectable()
export class LoginLimits {
  private readonly byLogin = new RateLimiterMemory({ points: LOGIN_ATTEMPTS, duration: WINDOW_SECONDS });
  private readonly byAddress = new RateLimiterMemory({ points: ADDRESS_ATTEMPTS, duration: WINDOW_SECONDS });

  /**
   * Lets `check` look at a password or a token, and answers what it finds: null or an error of it says that it was
   * wrong. The attempt is counted before, so that many at once do not slip through, and given back when it was right,
   * or when the server could not look at it.
   * @throws ProblemError 429
   */
  async attempt<T>(login: string, address: string, check: () => Promise<T>): Promise<T> {
    await this.take(login, address);
    try {
      const found = await check();
      if (found !== null) await this.forget(login, address);
      return found;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status >= 500) await this.giveBack(login, address);
      throw error;
    }
  }

  private async take(login: string, address: string): Promise<void> {
    try {
      await this.byAddress.consume(address);
      await this.byLogin.consume(keyOf(login, address));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      throw new ProblemError(
        429,
        'auth.too_many_attempts',
        `Too many wrong passwords. Try again in ${Math.ceil(seconds / 60)} minutes.`,
        undefined,
        { 'Retry-After': String(seconds) },
      );
    }
  }

  private async giveBack(login: string, address: string): Promise<void> {
    await this.byAddress.reward(address);
    await this.byLogin.reward(keyOf(login, address));
  }

  /** Whoever knows the password may have mistyped it before. */
  private async forget(login: string, address: string): Promise<void> {
    await this.byAddress.reward(address);
    await this.byLogin.delete(keyOf(login, address));
  }
}

const keyOf = (login: string, address: string) => `${address} ${login.normalize('NFC').toLowerCase()}`;
