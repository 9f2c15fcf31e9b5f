import type { ServiceError } from '../wire/service-error.js';
import { toXml, type XmlObject } from '../wire/xml.js';

export interface Answer {
  status: number;
  requestId?: string;
  contentType: string;
  body: string;
}

/** How a service refuses whoever it does not know, and how it writes errors. */
export interface Protocol {
  /** The key id is unknown. */
  readonly unknownKey: [code: string, status: number, message: string];
  /** The signature is not that of the key's owner. */
  readonly wrongSignature: [code: string, status: number, message: string];
  readonly expired: string;
  error(error: ServiceError, requestId: string): Answer;
}

const NOT_VALIDATED = 'AWS was not able to validate the provided access credentials';
const INVALID_TOKEN = 'The security token included in the request is invalid.';
const NO_MATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

export const EC2_QUERY: Protocol = {
  unknownKey: ['AuthFailure', 401, NOT_VALIDATED],
  wrongSignature: ['AuthFailure', 401, NOT_VALIDATED],
  expired: 'RequestExpired',
  error: ({ code, message, status }, requestId) => {
    const error = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
    return xmlAnswer(status, toXml({ Response: error }));
  },
};

export const QUERY: Protocol = {
  unknownKey: ['InvalidClientTokenId', 403, INVALID_TOKEN],
  wrongSignature: ['SignatureDoesNotMatch', 403, NO_MATCH],
  expired: 'SignatureDoesNotMatch',
  error: ({ code, message, status }, requestId) => {
    const error = { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message };
    return xmlAnswer(status, toXml({ ErrorResponse: { Error: error, RequestId: requestId } }));
  },
};

export const JSON_1_1: Protocol = {
  unknownKey: ['UnrecognizedClientException', 400, INVALID_TOKEN],
  wrongSignature: ['InvalidSignatureException', 400, NO_MATCH],
  expired: 'InvalidSignatureException',
  error: ({ code, message, status }) => jsonAnswer(status, { __type: code, message }),
};

const EC2_NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function ec2Answer(action: string, members: XmlObject, requestId: string): Answer {
  return xmlAnswer(
    200,
    `<${action}Response xmlns="${EC2_NAMESPACE}">${toXml({ requestId, ...members })}</${action}Response>`,
  );
}

export function queryAnswer(action: string, members: XmlObject, requestId: string): Answer {
  const content = toXml({ [`${action}Result`]: members, ResponseMetadata: { RequestId: requestId } });
  return xmlAnswer(200, `<${action}Response xmlns="${STS_NAMESPACE}">${content}</${action}Response>`);
}

export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, contentType: 'application/x-amz-json-1.1', body: JSON.stringify(body) };
}

function xmlAnswer(status: number, content: string): Answer {
  return { status, contentType: 'text/xml;charset=UTF-8', body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}` };
}
