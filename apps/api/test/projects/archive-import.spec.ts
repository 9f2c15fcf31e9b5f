import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreatedProject, FileList, Problem } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import yazl from 'yazl';
import { BlobsService } from '../../src/platform/blobs/blobs.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

const MAX_BYTES = 20_000;
let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts, { maxFileBytes: MAX_BYTES, maxProjectFiles: 20 });
  ada = await api.signUp('ada');
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

type Member = [path: string, text: string, mode?: number];

async function zip(...members: Member[]): Promise<Buffer> {
  const file = new yazl.ZipFile();
  for (const [path, text, mode = 0o100644] of members) file.addBuffer(Buffer.from(text), path, { mode });
  file.end();
  const pieces: Buffer[] = [];
  for await (const piece of file.outputStream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
/** Of the same length, so that every offset stays true: what no honest writer makes. */
const forged = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
const upload = (bytes: Buffer, query = '') =>
  ada.post<CreatedProject & { code: string; detail: string }>(
    `/api/v1/projects/archive${query}`,
    new Uint8Array(bytes),
    {
      'content-type': 'application/zip',
    },
  );
const files = async (id: string) => (await ada.get<FileList>(`/api/v1/projects/${id}/files`)).body.items;
const projects = async () =>
  (await ada.get<{ items: CreatedProject[] }>('/api/v1/projects')).body.items.map(({ name }) => name);

it('a link is moved only to where it still leads into the project', async () => {
  const { body } = await upload(await zip(['src/deep/link', '../../data.csv', 0o120777], ['data.csv', '1']));
  const move = (from: string, to: string) => ada.post<Problem>(`/api/v1/projects/${body.id}/move`, { from, to });
  const detail =
    'src/deep/link is a symbolic link to ../../data.csv, and as deep/link it would lead out of the project. Choose another place, or delete the link.';
  expect(await move('src/deep', 'deep')).toMatchObject({ status: 409, body: { code: 'file.link_outside', detail } });
  expect(await move('src/deep/link', 'link')).toMatchObject({ status: 409, body: { code: 'file.link_outside' } });
  expect((await move('src/deep', 'lib/new/deep')).status).toBe(200);
  expect((await files(body.id)).map(({ path }) => path)).toEqual(['data.csv', 'lib/new/deep/link']);
});

it('a zip becomes a project with its files, modes and links', async () => {
  const bytes = await zip(
    ['src/train.py', 'print(1)\n'],
    ['run.sh', 'echo\n', 0o100755],
    ['main.py', 'src/train.py', 0o120777],
    ['ü 100%.txt', ''],
  );
  const { status, body } = await upload(bytes, '?fileName=Two%20moons.zip');
  expect({ status, name: body.name }).toEqual({ status: 201, name: 'Two moons' });
  expect((await files(body.id)).map(({ path, mode }) => [path, mode])).toEqual([
    ['main.py', 0o120000],
    ['run.sh', 0o755],
    ['src/train.py', 0o644],
    ['ü 100%.txt', 0o644],
  ]);
  expect((await ada.get(`/api/v1/projects/${body.id}/files/src/train.py`)).bytes.toString()).toBe('print(1)\n');
  expect((await upload(bytes, '?fileName=Two%20moons.zip')).body.name).toBe('Two moons 2');
  expect(await upload(bytes, '?name=Two%20moons')).toMatchObject({ status: 409, body: { code: 'project.name_taken' } });

  const archive = await ada.get(`/api/v1/projects/${body.id}/archive`);
  const { body: back } = await upload(archive.bytes, '?name=back');
  const plain = (list: FileList['items']) => list.map(({ path, mode, sha256 }) => [path, mode, sha256]);
  expect(plain(await files(back.id))).toEqual(plain(await files(body.id)));
});

it('the one folder that holds everything is left out, and so is what a desktop adds', async () => {
  const { body } = await upload(
    await zip(
      ['nets-main/a.py', 'x'],
      ['nets-main/b/c.py', 'y'],
      ['__MACOSX/nets-main/._a.py', 'z'],
      ['nets-main/.DS_Store', 'z'],
    ),
  );
  expect([body.name, (await files(body.id)).map(({ path }) => path)]).toEqual(['nets-main', ['a.py', 'b/c.py']]);
});

it('a link that points out of the project is left out, and the answer says so', async () => {
  const { status, body } = await upload(await zip(['a/link', '../../etc/passwd', 0o120777], ['b', '']));
  expect({ status, notices: body.notices }).toEqual({
    status: 201,
    notices: ['Left out: a link that points out of the project (a/link).'],
  });
  expect((await files(body.id)).map(({ path }) => path)).toEqual(['b']);
});

it('what cannot become a project leaves nothing behind', async () => {
  const before = await projects();
  const evil = await zip(['xx/etc/passwd', 'x'], ['b', 'y']);
  const refusals: [Buffer, number, string][] = [
    [forged(evil, 'xx/etc', '../etc'), 400, 'archive.path'],
    [forged(evil, 'xx/etc', '/x/etc'), 400, 'archive.path'],
    [forged(evil, 'xx/etc', 'C:/etc'), 400, 'archive.path'],
    [await zip(['link', '/etc/passwd', 0o120777]), 400, 'archive.empty'],
    [await zip(['bomb', '\0'.repeat(MAX_BYTES * 10)]), 413, 'file.too_large'],
    [await zip(...Array.from({ length: 21 }, (_, n): Member => [`${n}`, 'x'])), 413, 'project.too_many_files'],
    [await zip(['a', 'x'], ['a/b', 'y']), 409, 'file.in_the_way'],
    [await zip(), 400, 'archive.empty'],
    [Buffer.from('no zip at all'), 400, 'archive.invalid'],
    [evil.subarray(0, -30), 400, 'archive.invalid'],
    [Buffer.alloc(MAX_BYTES + 1), 413, 'file.too_large'],
  ];
  for (const [bytes, status, code] of refusals) expect(await upload(bytes)).toMatchObject({ status, body: { code } });
  for (const bytes of await broken())
    expect(await upload(bytes)).toMatchObject({ status: 400, body: { code: 'archive.invalid' } });
  expect(await projects()).toEqual(before);
  expect(readdirSync(join(parts.dataDir, 'tmp'))).toEqual([]);
});

it('a zip may break before anyone reads its files', async () => {
  const blobs = api.app.get(BlobsService, { strict: false });
  const put = blobs.put.bind(blobs);
  blobs.put = async (stream) => {
    await sleep(100);
    return put(stream);
  };
  try {
    for (const bytes of await broken())
      expect(await upload(bytes)).toMatchObject({ status: 400, body: { code: 'archive.invalid' } });
  } finally {
    blobs.put = put;
  }
});

/** One whose list tells less than there is, and one whose packed bytes are none. */
async function broken(): Promise<Buffer[]> {
  const whole = await zip(['big', 'y'.repeat(5000)]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(5000);
  const told = Buffer.alloc(4);
  told.writeUInt32LE(10);
  const damaged = Buffer.from(whole);
  const LOCAL_HEADER_BYTES = 30;
  damaged[LOCAL_HEADER_BYTES + whole.readUInt16LE(26) + whole.readUInt16LE(28)] = 0xff;
  return [forged(whole, size.toString('latin1'), told.toString('latin1')), damaged];
}
