import type { InstanceProblem } from '@mle/protocol';
import { SENTENCES } from './error-sentences.js';

/**
 * What a failed call means for what is to be done next. `elsewhere`: another zone or way to buy may have it;
 * `unclear`: it may have been done, or may be possible in a moment; `final`: a person has to change something.
 */
type Verdict = 'elsewhere' | 'unclear' | 'final';

export interface AwsFailure extends InstanceProblem {
  verdict: Verdict;
}

const ELSEWHERE = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'InsufficientReservedInstanceCapacity',
  'InsufficientFreeAddressesInSubnet',
  'Unsupported',
  'SpotMaxPriceTooLow',
  'MaxSpotInstanceCountExceeded',
  'InvalidSubnetID.NotFound',
]);
const AGAIN = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'InternalError',
  'ServiceUnavailable',
  'Unavailable',
]);

/**
 * An error of the SDK in words that say what to do, with what AWS said as the detail. `vcpus` are those of the type that
 * was to be launched.
 */
export function inWords(error: unknown, vcpus?: number): AwsFailure {
  const { name, message, status, requestId } = partsOf(error);
  const code = codeOf(name, message);
  return {
    code,
    sentence: SENTENCES[code]?.(message, vcpus) ?? unknown(code, status),
    detail: `${name}: ${message}`.slice(0, 2_000),
    requestId,
    verdict: verdictOf(code, status),
  };
}

export const isCode = (error: unknown, code: string): boolean => partsOf(error).name === code;

function verdictOf(code: string, status: number | null): Verdict {
  if (ELSEWHERE.has(code)) return 'elsewhere';
  if (AGAIN.has(code) || code === 'network') return 'unclear';
  // Whether an error of theirs came before or after it was done, nobody knows.
  return status !== null && status >= 500 ? 'unclear' : 'final';
}

function partsOf(error: unknown): { name: string; message: string; status: number | null; requestId: string | null } {
  if (!(error instanceof Error)) return { name: 'unknown', message: String(error), status: null, requestId: null };
  const { $metadata: about } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  return {
    name: error.name,
    message: error.message,
    status: about?.httpStatusCode ?? null,
    requestId: about?.requestId?.slice(0, 255) ?? null,
  };
}

/** Some errors differ in their text alone. */
function codeOf(name: string, message: string): string {
  if (/not eligible for Free Tier/i.test(message)) return 'FreeTierOnly';
  if (/no default vpc|default subnet|subnets found for the default vpc/i.test(message) || name === 'VPCIdNotSpecified')
    return 'MissingDefaultVpc';
  if (/user data is limited/i.test(message)) return 'UserDataTooLong';
  if (/for InstanceType|instance type .* does not exist/i.test(message) || name === 'InvalidInstanceType')
    return 'InvalidInstanceType';
  if (name.startsWith('AuthFailure.ServiceLinkedRole')) return 'SpotServiceRole';
  if (name === 'CredentialsProviderError' || /could not load credentials/i.test(message)) return 'MissingCredentials';
  if (/region is missing/i.test(message)) return 'MissingRegion';
  if (['AccessDenied', 'AccessDeniedException'].includes(name)) return 'UnauthorizedOperation';
  if (['ExpiredTokenException', 'RequestExpired'].includes(name)) return 'ExpiredToken';
  if (['UnrecognizedClientException', 'InvalidAccessKeyId'].includes(name)) return 'InvalidClientTokenId';
  if (name === 'InvalidSignatureException') return 'SignatureDoesNotMatch';
  if (
    /^(TimeoutError|AbortError|NetworkingError)$/.test(name) ||
    /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|socket hang up/.test(`${name} ${message}`)
  )
    return 'network';
  return name.slice(0, 255);
}

function unknown(code: string, status: number | null): string {
  const when =
    status !== null && status >= 500 ? 'It may pass: try again in some minutes.' : 'The details say what AWS wrote.';
  return `AWS refused the request with ${code}. ${when}`;
}
