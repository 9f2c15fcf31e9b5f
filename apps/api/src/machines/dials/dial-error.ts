export type DialCode =
  | 'address'
  | 'unreachable'
  | 'not_tls'
  | 'fingerprint'
  | 'not_a_worker'
  | 'token'
  | 'link_version'
  | 'taken'
  | 'no_stream'
  | 'sealed';

/** Why a machine could not be dialled; the message is a sentence for the machine's owner. */
export class DialError extends Error {
  constructor(
    readonly code: DialCode,
    message: string,
  ) {
    super(message);
    this.name = 'DialError';
  }
}
