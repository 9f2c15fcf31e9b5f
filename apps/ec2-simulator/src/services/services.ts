import type { Account } from '../account/account.js';
import { ACCOUNT_ID, type Caller } from '../account/callers.js';
import { HOME_REGION } from '../catalogue/regions.js';
import { Parameters } from '../wire/parameters.js';
import { ServiceError } from '../wire/service-error.js';
import { Call } from './call.js';
import { EC2_ACTIONS } from './ec2/ec2-actions.js';
import { Ec2Call } from './ec2/ec2-call.js';
import type { JsonHandler } from './json/json-call.js';
import { getProducts } from './json/pricing.js';
import { getServiceQuota, listServiceQuotas } from './json/service-quotas.js';
import { getParameter } from './json/ssm.js';
import {
  type Answer,
  EC2_QUERY,
  ec2Answer,
  JSON_1_1,
  jsonAnswer,
  type Protocol,
  QUERY,
  queryAnswer,
} from './protocols.js';

/** A request whose sender is known. */
interface KnownRequest {
  account: Account;
  caller: Caller;
  region: string;
  body: string;
  /** `X-Amz-Target` of a JSON call. */
  target: string;
  requestId: string;
}

/** A call that is about to be made. */
export interface Prepared {
  call: Call;
  act(): Promise<Answer>;
}

export interface Service {
  readonly protocol: Protocol;
  prepare(request: KnownRequest): Prepared;
}

const ec2: Service = {
  protocol: EC2_QUERY,
  prepare({ account, caller, region, body, requestId }) {
    const parameters = Parameters.parse(body);
    const action = parameters.required('Action');
    const call = new Ec2Call(account, siteOf(account, region, EC2_QUERY), caller, action, parameters);
    const handler = EC2_ACTIONS.get(action);
    return {
      call,
      async act() {
        if (handler === undefined)
          throw new ServiceError('InvalidAction', `The action ${action} is not valid for this web service.`);
        await call.meetFault();
        // A call that only reads has nothing to check but the permission.
        if (/^(Describe|Get)/.test(action)) call.endDryRun();
        return ec2Answer(action, await handler(call), requestId);
      },
    };
  },
};

const sts: Service = {
  protocol: QUERY,
  prepare({ account, caller, region, body, requestId }) {
    const action = Parameters.parse(body).required('Action');
    const call = new Call(account, siteOf(account, region, QUERY), caller, action, false);
    return {
      call,
      async act() {
        await call.meetFault();
        if (action !== 'GetCallerIdentity')
          throw new ServiceError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
        return queryAnswer(action, { Arn: caller.arn, UserId: caller.userId, Account: ACCOUNT_ID }, requestId);
      },
    };
  },
};

function jsonService(handlers: Record<string, JsonHandler>, { isGlobal = false } = {}): Service {
  return {
    protocol: JSON_1_1,
    prepare({ account, caller, region, body, target }) {
      const action = target.slice(target.indexOf('.') + 1);
      const call = new Call(account, siteOf(account, isGlobal ? HOME_REGION : region, JSON_1_1), caller, action, false);
      const handler = Object.hasOwn(handlers, action) ? handlers[action] : undefined;
      return {
        call,
        async act() {
          if (handler === undefined)
            throw new ServiceError('UnknownOperationException', `The operation ${action} is not known.`);
          await call.meetFault();
          return jsonAnswer(200, handler(call, parseJson(body)));
        },
      };
    },
  };
}

/** By the name in the scope of the signature. */
export const SERVICES: ReadonlyMap<string, Service> = new Map<string, Service>([
  ['ec2', ec2],
  ['sts', sts],
  ['ssm', jsonService({ GetParameter: getParameter })],
  ['servicequotas', jsonService({ GetServiceQuota: getServiceQuota, ListServiceQuotas: listServiceQuotas })],
  ['pricing', jsonService({ GetProducts: getProducts }, { isGlobal: true })],
]);

/** A region that is not enabled does not know the account's keys. */
function siteOf(account: Account, region: string, { unknownKey }: Protocol) {
  const site = account.site(region);
  if (site?.region.facts.optedIn === true) return site;
  const [code, status, message] = unknownKey;
  throw new ServiceError(code, message, status);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new ServiceError('SerializationException', 'The body is no JSON.');
  }
}
