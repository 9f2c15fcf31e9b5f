import type { Account, Site } from '../../account/account.js';
import type { Caller } from '../../account/callers.js';
import { type Page, pageOf } from '../../wire/pages.js';
import type { Parameters } from '../../wire/parameters.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import { Call } from '../call.js';

/** How many items a page may have, and how many it has when nothing is said. */
interface PageLimits {
  least?: number;
  most?: number;
  usual?: number;
}

/** A call of the EC2 Query API. */
export class Ec2Call extends Call {
  constructor(
    account: Account,
    site: Site,
    caller: Caller,
    action: string,
    readonly parameters: Parameters,
  ) {
    super(account, site, caller, action, parameters.flag('DryRun') ?? false);
  }

  /** Ends a dry run: whoever comes here may do it. */
  endDryRun(): void {
    if (!this.dryRun) return;
    throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }

  /** The page that was asked for, of at most as many as the service gives. */
  page<T>(all: Iterable<T>, { least = 5, most = 1000, usual }: PageLimits = {}): Page<T> {
    const maxResults = this.parameters.integer('MaxResults');
    if (maxResults !== undefined && (maxResults < least || maxResults > most)) {
      const text = `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`;
      throw new ServiceError('InvalidParameterValue', text);
    }
    return pageOf(all, { maxResults, nextToken: this.parameters.text('NextToken') }, usual ?? most);
  }
}

export type Ec2Handler = (call: Ec2Call) => XmlObject | Promise<XmlObject>;
