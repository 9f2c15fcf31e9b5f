import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Smaller files are not worth a second file. */
const LEAST_BYTES = 1024;
const TEXT = /\.(?:js|css|html|svg|json|txt)$/;

/**
 * Lays a brotli and a gzip form beside each text file of a built page, so that the server compresses nothing.
 * Usage: node tools/precompress.mjs FOLDER
 */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Give the folder of the built page.');
for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!TEXT.test(name)) continue;
  const bytes = readFileSync(join(folder, name));
  if (bytes.length < LEAST_BYTES) continue;
  writeFileSync(
    join(folder, `${name}.br`),
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  );
  writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}
