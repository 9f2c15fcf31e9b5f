import { Readable } from 'node:stream';
import type { Response } from 'express';
import { sendStream } from './send-bytes.js';

/** A long list comes in pages, each short enough to be worked on without a pause. */
export type Pages<T> = AsyncIterable<readonly T[]>;

/** Answers with `{"items":[…]}`, written page by page. */
export async function sendItems(response: Response, pages: Pages<unknown>): Promise<void> {
  response.type('json');
  await sendStream(Readable.from(listJson('{"items":', pages)), response);
}

/** The JSON of a record whose last field is the list; `before` is what stands before that. */
export async function* listJson(before: string, pages: Pages<unknown>): AsyncIterable<string> {
  yield `${before}[`;
  let comma = '';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield comma + JSON.stringify(page).slice(1, -1);
    comma = ',';
  }
  yield ']}';
}
