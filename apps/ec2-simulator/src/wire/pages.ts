import { ServiceError } from './service-error.js';

export interface PageRequest {
  maxResults: number | undefined;
  nextToken: string | undefined;
}

export interface Page<T> {
  items: T[];
  nextToken: string | undefined;
}

/** One page of a list. The token says where the next one begins. */
export function pageOf<T>(all: Iterable<T>, { maxResults, nextToken }: PageRequest, defaultSize: number): Page<T> {
  const begin = nextToken === undefined || nextToken === '' ? 0 : readToken(nextToken);
  const end = begin + (maxResults ?? defaultSize);
  const items: T[] = [];
  let index = 0;
  for (const item of all) {
    if (index >= end) return { items, nextToken: Buffer.from(`page ${end}`).toString('base64url') };
    if (index >= begin) items.push(item);
    index += 1;
  }
  return { items, nextToken: undefined };
}

function readToken(token: string): number {
  const match = /^page (\d{1,9})$/.exec(Buffer.from(token.slice(0, 100), 'base64url').toString());
  if (match === null) throw new ServiceError('InvalidNextToken', 'The token is not valid.');
  return Number(match[1]);
}
