import { type HttpEvent, HttpEventType } from '@angular/common/http';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Subject } from 'rxjs';
import { RequestError } from '../core/problem';
import { FilesApi } from './files-api';
import { FilesStore } from './files-store';
import { inRequests, type UploadFile, Uploads } from './uploads';

const file = (path: string, size = 1): UploadFile => ({ path, file: { name: path, size } as File });

function opened() {
  const requests: { paths: string[]; events: Subject<HttpEvent<unknown>> }[] = [];
  const api = {
    upload: (_project: string, files: UploadFile[]) => {
      const events = new Subject<HttpEvent<unknown>>();
      requests.push({ paths: files.map(({ path }) => path), events });
      return events;
    },
  };
  const store = {
    projectId: signal('p1'),
    loads: 0,
    load: () => {
      store.loads++;
      return Promise.resolve();
    },
  };
  TestBed.configureTestingModule({
    providers: [
      { provide: FilesApi, useValue: api },
      { provide: FilesStore, useValue: store },
    ],
  });
  return { uploads: TestBed.inject(Uploads), requests, store };
}

describe('Uploads', () => {
  it('sends two at once, the others wait for their turn', () => {
    const { uploads, requests, store } = opened();
    uploads.start([file('a'), file('b'), file('c')], 'in');
    expect(requests.map(({ paths }) => paths)).toEqual([['in/a'], ['in/b']]);
    expect([uploads.waiting(), uploads.list().map(({ part }) => part)]).toEqual([1, [0, 0, null]]);
    requests[0]?.events.next({ type: HttpEventType.UploadProgress, loaded: 1, total: 4 });
    expect(uploads.list()[0]).toMatchObject({ label: 'in/a', part: 0.25 });
    requests[0]?.events.complete();
    expect([requests.length, uploads.list().length, store.loads]).toEqual([3, 2, 1]);
  });

  it('tells how far all of it is, until the list is empty', () => {
    const { uploads, requests } = opened();
    uploads.start([file('a', 300), file('b', 100), file('c', 600)], '');
    expect(uploads.whole()).toEqual({ files: 3, sent: 0, bytes: 1000 });
    requests[0]?.events.next({ type: HttpEventType.UploadProgress, loaded: 75, total: 150 });
    expect(uploads.whole()).toEqual({ files: 3, sent: 150, bytes: 1000 });
    requests[0]?.events.complete();
    expect(uploads.whole()).toEqual({ files: 3, sent: 300, bytes: 1000 });
    for (const { events } of requests.slice(1)) events.complete();
    expect(uploads.whole()).toEqual({ files: 0, sent: 0, bytes: 0 });
  });

  it('ends one by hand, or all', () => {
    const { uploads, requests } = opened();
    uploads.start([file('a'), file('b'), file('c'), file('d')], '');
    uploads.cancel(uploads.list()[0]?.id ?? 0);
    expect([requests[0]?.events.observed, requests.length]).toEqual([false, 3]);
    uploads.cancelAll();
    expect([requests.some(({ events }) => events.observed), uploads.list(), requests.length]).toEqual([false, [], 3]);
  });

  it('keeps a failed one with its reason until it is tried again or sent away, and goes on with the others', () => {
    const { uploads, requests } = opened();
    uploads.start([file('a'), file('b'), file('c')], '');
    requests[0]?.events.error(new RequestError('The disk is full.', 507, 'disk.full'));
    expect([uploads.list()[0]?.error, requests.length]).toEqual(['The disk is full.', 3]);
    requests[1]?.events.complete();
    uploads.retry(uploads.list()[0]?.id ?? 0);
    expect(requests.map(({ paths }) => paths[0])).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('inRequests', () => {
  it('puts small files together and large ones alone', () => {
    const many = Array.from({ length: 450 }, (_, n) => file(`${n}`));
    expect(inRequests([...many, file('large', 1e9)]).map((files) => files.length)).toEqual([200, 200, 50, 1]);
    expect(
      inRequests(Array.from({ length: 80 }, (_, n) => file(`${n}`, 200 * 1024))).map((files) => files.length),
    ).toEqual([40, 40]);
    expect(inRequests([file('a'), file('b')]).map((files) => files.length)).toEqual([1, 1]);
  });
});
