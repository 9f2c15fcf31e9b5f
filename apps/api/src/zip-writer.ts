import { workerData } from 'node:worker_threads';
import type { FileView } from '@mle/protocol';
import { ZipMaker } from './platform/blobs/zip-maker.js';
import { serveBytes } from './platform/threads/serve-bytes.js';

const zip = new ZipMaker(workerData as string);

/** The thread that makes one zip. */
serveBytes(zip.bytes, (files: FileView[] | null) => zip.take(files));
