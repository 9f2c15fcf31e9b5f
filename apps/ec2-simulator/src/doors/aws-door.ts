import { randomUUID } from 'node:crypto';
import type { Account } from '../account/account.js';
import type { Caller } from '../account/callers.js';
import { CutConnection } from '../services/call.js';
import type { Answer, Protocol } from '../services/protocols.js';
import { EC2_QUERY } from '../services/protocols.js';
import { type Prepared, SERVICES } from '../services/services.js';
import { ServiceError } from '../wire/service-error.js';
import {
  type Authorization,
  readAuthorization,
  signatureHolds,
  type SignedRequest,
  signingTime,
} from '../wire/signature.js';

const CLOCK_SKEW_MS = 15 * 60_000;

/** Answers calls of the SDK. Throws `CutConnection` where no answer shall come. */
export class AwsDoor {
  constructor(private readonly account: Account) {}

  async answer(request: SignedRequest): Promise<Answer> {
    const requestId = randomUUID();
    const authorization = readAuthorization(request.headers);
    const service = SERVICES.get(authorization?.service ?? '');
    const protocol = service?.protocol ?? EC2_QUERY;
    let prepared: Prepared | null = null;
    try {
      if (authorization === null)
        throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
      if (service === undefined)
        throw new ServiceError('InvalidAction', `The service '${authorization.service}' is not imitated here.`, 404);
      const caller = this.identify(request, authorization, protocol);
      prepared = service.prepare({
        account: this.account,
        caller,
        region: authorization.region,
        body: request.body.toString(),
        target: String(request.headers['x-amz-target'] ?? ''),
        requestId,
      });
      const answer = await prepared.act();
      this.record(prepared, null);
      if (prepared.call.answerIsLost) throw new CutConnection();
      return { ...answer, requestId };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (prepared !== null) this.record(prepared, error.code);
      return { ...protocol.error(error, requestId), requestId };
    }
  }

  private identify(request: SignedRequest, authorization: Authorization, protocol: Protocol): Caller {
    const refuse = ([code, status, message]: Protocol['unknownKey']): never => {
      throw new ServiceError(code, message, status);
    };
    const caller = this.account.caller(authorization.accessKeyId);
    if (caller === undefined || caller.sessionToken !== request.headers['x-amz-security-token'])
      return refuse(protocol.unknownKey);
    // Callers live in the computer's time, whatever the simulation's clock says.
    const age = Date.now() - (signingTime(request.headers)?.getTime() ?? 0);
    if (Math.abs(age) > CLOCK_SKEW_MS) {
      const text = `Signature ${age > 0 ? 'expired' : 'not yet current'}: the time of the request differs from the time of the service by more than 15 minutes.`;
      throw new ServiceError(protocol.expired, text, 403);
    }
    if (!signatureHolds(request, authorization, caller.secretAccessKey)) return refuse(protocol.wrongSignature);
    return caller;
  }

  private record({ call }: Prepared, error: string | null): void {
    this.account.record({
      at: this.account.clock.date().toISOString(),
      action: call.action,
      region: call.region.name,
      accessKeyId: call.caller.accessKeyId,
      dryRun: call.dryRun,
      error,
    });
  }
}
