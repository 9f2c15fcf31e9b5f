import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { FileList, FileView, Problem } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { parse } from 'content-disposition';
import yauzl from 'yauzl';
import { type ApiUnderTest, startApi } from '../api.js';
import { rawRequest } from '../raw-request.js';

const MAX_FILE = 100_000;
const MAX_FILES = 40;

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let project: string;
let files: string;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts, { maxFileBytes: MAX_FILE, maxProjectFiles: MAX_FILES });
  ada = await api.signUp('ada');
});
beforeEach(async () => {
  const { body } = await ada.post<{ id: string }>('/api/v1/projects', { name: `project ${Math.random()}` });
  project = `/api/v1/projects/${body.id}`;
  files = `${project}/files`;
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const paths = async () => (await ada.get<FileList>(files)).body.items.map(({ path }) => path);
const temporaryFiles = () => readdirSync(join(parts.dataDir, 'blobs/tmp'));

describe('a file', () => {
  it('is stored byte for byte, whatever its content type says', async () => {
    const bytes = Buffer.from([...Array(256).keys(), ...Buffer.from('{"not": "parsed"')]);
    const put = await ada.put<FileView>(`${files}/data/bytes.json`, bytes, { 'content-type': 'application/json' });
    expect(put.status).toBe(201);
    expect(put.body).toEqual({
      path: 'data/bytes.json',
      size: bytes.length,
      mode: 0o644,
      mtime: expect.any(String),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const got = await ada.get(`${files}/data/bytes.json`);
    expect(got.bytes.equals(bytes)).toBe(true);
    expect(got.headers.get('etag')).toBe(`"${put.body.sha256}"`);
    const ifNot = async (tags: string) => (await ada.get(`${files}/data/bytes.json`, { 'if-none-match': tags })).status;
    const tag = `"${put.body.sha256}"`;
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*'])
      expect([known, await ifNot(known)]).toEqual([known, 304]);
    expect(await ifNot('"other"')).toBe(200);
  });

  it('may be empty, and have a name in any script', async () => {
    const name = encodeURIComponent('Übung 1 & 100%.py');
    expect((await ada.put(`${files}/${name}`, '')).status).toBe(201);
    expect(await paths()).toEqual(['Übung 1 & 100%.py']);
    const got = await ada.get(`${files}/${name}`);
    expect(got.bytes).toHaveLength(0);
    expect(got.headers.get('content-disposition')).toContain("filename*=UTF-8''%C3%9Cbung%201%20%26%20100%25.py");
  });

  it('is saved under its own name, whatever is in it', async () => {
    for (const name of ['plain.py', 'two words.py', 'say "a"; b.py', '50%41.py', 'a,b;c=d.py', '日本.py']) {
      const url = `${files}/sub/${encodeURIComponent(name)}`;
      await ada.put(url, '');
      const { headers } = await ada.get(url);
      const { type, parameters } = parse(headers.get('content-disposition') ?? '');
      expect([type, parameters['filename']]).toEqual(['attachment', name]);
    }
  });

  it('is never given out as a page', async () => {
    await ada.put(`${files}/evil.html`, '<script>alert(1)</script>', { 'content-type': 'text/html' });
    const { headers } = await ada.get(`${files}/evil.html`);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  it('is given in ranges', async () => {
    await ada.put(`${files}/digits`, '0123456789');
    const range = async (value: string) => {
      const { status, bytes, headers } = await ada.get(`${files}/digits`, { range: value });
      return [status, bytes.toString(), headers.get('content-range')];
    };
    expect(await range('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await range('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await range('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await range('bytes=0-99')).toEqual([206, '0123456789', 'bytes 0-9/10']);
    expect((await range('bytes=10-'))[0]).toBe(416);
    expect((await ada.request('HEAD', `${files}/digits`)).headers.get('content-length')).toBe('10');
  });

  it('keeps its mode until another is given', async () => {
    const mode = async (headers: Record<string, string>, query = '') =>
      (await ada.put<FileView>(`${files}/run.sh${query}`, 'true', headers)).body.mode;
    expect(await mode({ 'x-file-mode': '0755' })).toBe(0o755);
    expect(await mode({})).toBe(0o755);
    expect(await mode({}, '?mode=644')).toBe(0o644);
    expect(await ada.put(`${files}/run.sh`, 'true', { 'x-file-mode': '4755' })).toMatchObject({
      status: 400,
      body: { code: 'mode.invalid' },
    });
  });
});

describe('edits', () => {
  it('of two people do not overwrite each other', async () => {
    const first = await ada.put<FileView>(`${files}/a.py`, 'one', { 'if-none-match': '*' });
    expect(first.status).toBe(201);
    expect(await ada.put(`${files}/a.py`, 'other', { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: { code: 'file.exists' },
    });
    const etag = { 'if-match': `"${first.body.sha256}"` };
    expect((await ada.put(`${files}/a.py`, 'two', etag)).status).toBe(200);
    expect(await ada.put(`${files}/a.py`, 'three', etag)).toMatchObject({
      status: 412,
      body: { code: 'file.changed' },
    });
    expect(await ada.delete(`${files}/a.py`, etag)).toMatchObject({ status: 412 });
    expect(await ada.put(`${files}/gone.py`, 'x', { 'if-match': '*' })).toMatchObject({ status: 412 });
    expect((await ada.get(`${files}/a.py`)).bytes.toString()).toBe('two');
  });

  it('at the same moment have one winner', async () => {
    const { body } = await ada.put<FileView>(`${files}/a.py`, 'base');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ada.put(`${files}/a.py`, `edit ${n}`, { 'if-match': `"${body.sha256}"` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(7);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await ada.get(`${files}/a.py`)).bytes.toString()).toBe(`edit ${winner}`);
  });

  it('cannot make a name both a file and a folder', async () => {
    await ada.put(`${files}/a`, 'file');
    expect(await ada.put(`${files}/a/b`, 'below')).toMatchObject({ status: 409, body: { code: 'file.in_the_way' } });
    await ada.put(`${files}/c/d`, 'below');
    expect(await ada.put(`${files}/c`, 'file')).toMatchObject({ status: 409, body: { code: 'file.in_the_way' } });
    await Promise.all([
      ada.put(`${files}/x`, 'file'),
      ada.put(`${files}/x/y`, 'below'),
      ada.put(`${files}/x/y/z`, 'deeper'),
    ]);
    expect((await paths()).filter((path) => path.startsWith('x')).length).toBeLessThanOrEqual(1);
    expect(await paths()).toEqual(expect.arrayContaining(['a', 'c/d']));
  });
});

describe('a path that leaves the project', () => {
  it.each([
    ['../x', 'plain'],
    ['a/../../x', 'in the middle'],
    ['..%2fx', 'encoded slash'],
    ['%2e%2e/x', 'encoded dots'],
    ['%2e%2e%2fx', 'all encoded'],
    ['%252e%252e%252fx', 'encoded twice'],
    ['%25252e%25252e%25252fx', 'encoded three times'],
    ['..%5cx', 'backslash'],
    ['a\\..\\x', 'raw backslash'],
    ['/etc/passwd', 'absolute'],
    ['%2fetc%2fpasswd', 'encoded absolute'],
    ['a%00b', 'NUL'],
    ['a%2500b', 'NUL encoded twice'],
    ['./x', 'dot'],
    ['a//b', 'empty part'],
    ['a/', 'folder'],
    ['%0a', 'control character'],
    ['%zz', 'no encoding'],
    ['%c0%ae%c0%ae/x', 'overlong'],
  ])('is refused: %s (%s)', async (path) => {
    await ada.put(`${files}/keep`, 'kept');
    for (const method of ['PUT', 'GET', 'DELETE']) {
      const { status, body } = await rawRequest(
        api.url,
        method,
        `${files}/${path}`,
        ada.cookie,
        method === 'PUT' ? 'x' : undefined,
      );
      expect([method, status]).toEqual([method, 400]);
      expect((JSON.parse(body) as Problem).detail).toMatch(/\.$/);
    }
    expect(await paths()).toEqual(['keep']);
  });

  it('does not change what a route means', async () => {
    const { status } = await rawRequest(api.url, 'DELETE', `${files}/../../${project.split('/').at(-1)}`, ada.cookie);
    expect(status).toBe(400);
    expect((await ada.get(project)).status).toBe(200);
  });

  it('is refused in a move and in an upload, and nothing changes', async () => {
    await ada.put(`${files}/keep`, 'kept');
    for (const to of ['../x', '/x', 'a\\b', '%2e%2e/x', 'a\0b', '']) {
      expect(await ada.post(`${project}/move`, { from: 'keep', to })).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'to' }] },
      });
    }
    for (const name of ['../x', '/x', 'a\\b', '%2e%2e/x', 'a/../../x']) {
      const form = new FormData();
      form.append('files', new Blob(['good']), 'good.py');
      form.append('files', new Blob(['bad']), name);
      expect(await ada.post(files, form)).toMatchObject({ status: 400, body: { code: 'path.invalid' } });
    }
    expect(await paths()).toEqual(['keep']);
  });
});

describe('limits', () => {
  it('refuse a file that is too large and keep nothing of it', async () => {
    await ada.put(`${files}/big`, 'before');
    const refused = await ada.put(`${files}/big`, 'x'.repeat(MAX_FILE + 1));
    expect(refused).toMatchObject({ status: 413, body: { code: 'file.too_large' } });
    expect((await ada.put(`${files}/fits`, 'x'.repeat(MAX_FILE))).status).toBe(201);
    // Without a declared length the bytes have to be counted while they come.
    const streamed = await new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      const outgoing = request(
        {
          hostname,
          port,
          method: 'PUT',
          path: `${files}/big`,
          headers: { cookie: ada.cookie, 'transfer-encoding': 'chunked' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      outgoing.on('error', reject);
      for (let n = 0; n < 30; n++) outgoing.write('x'.repeat(10_000));
      outgoing.end();
    });
    expect(streamed).toBe(413);
    const form = new FormData();
    form.append('files', new Blob(['x'.repeat(MAX_FILE + 1)]), 'big');
    expect(await ada.post(files, form)).toMatchObject({ status: 413, body: { code: 'file.too_large' } });
    expect((await ada.get(`${files}/big`)).bytes.toString()).toBe('before');
    expect(temporaryFiles()).toEqual([]);
  });

  it('bound the number of files', async () => {
    const form = new FormData();
    for (let n = 0; n < MAX_FILES; n++) form.append('files', new Blob([String(n)]), `f${n}`);
    expect((await ada.post(files, form)).status).toBe(201);
    expect(await ada.put(`${files}/more`, 'x')).toMatchObject({
      status: 413,
      body: { code: 'project.too_many_files' },
    });
    expect((await ada.put(`${files}/f0`, 'changed')).status).toBe(200);
  });

  it('bound JSON', async () => {
    expect(await ada.post('/api/v1/projects', { name: 'x'.repeat(2 ** 20) })).toMatchObject({
      status: 413,
      body: { code: 'body.too_large' },
    });
    expect(await ada.post('/api/v1/projects', '{"name": ', { 'content-type': 'application/json' })).toMatchObject({
      status: 400,
      body: { code: 'body.malformed' },
    });
    expect(await ada.post('/api/v1/projects', 'name=x')).toMatchObject({
      status: 400,
      body: { code: 'body.missing', detail: expect.stringContaining('Content-Type') },
    });
  });

  it('leave nothing of a request that breaks off', async () => {
    const { hostname, port } = new URL(api.url);
    await new Promise<void>((resolve) => {
      const outgoing = request({
        hostname,
        port,
        method: 'PUT',
        path: `${files}/half`,
        headers: { cookie: ada.cookie, 'content-length': 50_000 },
      });
      outgoing.on('error', () => resolve());
      outgoing.write('x'.repeat(20_000), () => {
        const begun = setInterval(() => {
          if (temporaryFiles().length === 0) return;
          clearInterval(begun);
          outgoing.destroy();
          resolve();
        }, 5);
      });
    });
    while (temporaryFiles().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await paths()).toEqual([]);
  });
});

describe('uploads, moves and archives', () => {
  it('keep the sub-paths of an upload', async () => {
    await ada.put(`${files}/src/a.py`, 'before', { 'x-file-mode': '0755' });
    const form = new FormData();
    form.append('files', new Blob(['a']), 'src/a.py');
    form.append('files', new Blob(['ü']), 'src/tief/ü b.txt');
    const { status, body } = await ada.post<FileList>(files, form);
    expect(status).toBe(201);
    expect(body.items.map(({ path, mode, sha256: sha }) => [path, mode, sha])).toEqual([
      ['src/a.py', 0o755, sha256('a')],
      ['src/tief/ü b.txt', 0o644, sha256('ü')],
    ]);
    expect(await ada.post(files, new FormData())).toMatchObject({ status: 400 });
    expect(await ada.post(files, { a: 1 })).toMatchObject({ status: 415 });
    const clash = new FormData();
    clash.append('files', new Blob(['1']), 'm');
    clash.append('files', new Blob(['2']), 'm/n');
    expect(await ada.post(files, clash)).toMatchObject({ status: 409 });
    expect(await ada.post(files, 'no parts', { 'content-type': 'multipart/form-data' })).toMatchObject({
      status: 400,
      body: { code: 'upload.invalid' },
    });
  });

  it('move files and folders, over nothing that is there', async () => {
    for (const path of ['a/1', 'a/2', 'ab', 'c']) await ada.put(`${files}/${path}`, path);
    const move = (from: string, to: string) => ada.post<FileList & Problem>(`${project}/move`, { from, to });
    expect((await move('a', 'b/a')).body.items.map(({ path }) => path)).toEqual(['b/a/1', 'b/a/2']);
    expect((await ada.get(`${files}/b/a/2`)).bytes.toString()).toBe('a/2');
    expect((await move('c', 'd')).status).toBe(200);
    expect(await move('missing', 'x')).toMatchObject({ status: 404, body: { code: 'file.not_found' } });
    expect(await move('d', 'ab')).toMatchObject({ status: 409, body: { code: 'file.exists' } });
    expect(await move('d', 'b')).toMatchObject({ status: 409, body: { code: 'file.in_the_way' } });
    expect(await move('d', 'ab/d')).toMatchObject({ status: 409, body: { code: 'file.in_the_way' } });
    expect(await move('b', 'b/c')).toMatchObject({ status: 409, body: { code: 'file.move_into_itself' } });
    expect(await paths()).toEqual(['ab', 'b/a/1', 'b/a/2', 'd']);
  });

  it('delete a folder', async () => {
    for (const path of ['a/1', 'a/b/2', 'ab']) await ada.put(`${files}/${path}`, path);
    expect((await ada.delete(`${files}/a`)).status).toBe(204);
    expect(await paths()).toEqual(['ab']);
    expect(await ada.delete(`${files}/a`)).toMatchObject({ status: 404, body: { code: 'file.not_found' } });
  });

  it('give all files as a zip', async () => {
    await ada.put(`${files}/a/1.txt`, 'one');
    await ada.put(`${files}/a:b.txt`, 'three');
    await ada.put(`${files}/ü.sh`, 'two', { 'x-file-mode': '0755' });
    const { bytes, headers } = await ada.get(`${project}/archive`);
    expect(headers.get('content-type')).toBe('application/zip');
    const found: Record<string, string> = {};
    const zip = await yauzl.fromBufferPromise(bytes);
    for await (const entry of zip.eachEntry()) {
      const stream = await zip.openReadStreamPromise(entry);
      let text = '';
      for await (const part of stream) text += String(part);
      found[entry.fileName] = `${text} ${((entry.externalFileAttributes >>> 16) & 0o777).toString(8)}`;
    }
    expect(found).toEqual({ 'a/1.txt': 'one 644', './a:b.txt': 'three 644', 'ü.sh': 'two 755' });
  });
});
