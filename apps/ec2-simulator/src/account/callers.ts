import { randomBytes } from 'node:crypto';
import type { SimulatorSettings } from '@mle/simulated-ec2';

export const ACCOUNT_ID = '123456789012';

/** An IAM user of the account, known by its keys. */
export interface Caller {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  userId: string;
  arn: string;
}

/** Those of the settings, or one with keys made now. */
export function createCallers(credentials: SimulatorSettings['credentials']): [Caller, ...Caller[]] {
  const [first, ...others] = credentials;
  if (first === undefined) return [createCaller({ ...generatedKeys(), userName: 'simulated' })];
  return [createCaller(first), ...others.map(createCaller)];
}

function createCaller({
  userName,
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: SimulatorSettings['credentials'][number]): Caller {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    userId: `AIDA${accessKeyId.slice(4)}`,
    arn: `arn:aws:iam::${ACCOUNT_ID}:user/${userName}`,
  };
}

function generatedKeys() {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}
