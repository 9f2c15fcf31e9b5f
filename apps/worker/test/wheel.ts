import { ZipFile } from 'yazl';

/** A Python package of one module, as pip installs it without an index. */
export async function wheel(name: string, version: string, code: string): Promise<{ file: string; bytes: Buffer }> {
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}.py`]: code,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const zip = new ZipFile();
  for (const [path, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), path);
  const record = [...Object.keys(files), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  zip.addBuffer(Buffer.from(record), `${info}/RECORD`);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Buffer));
  return { file: `${name}-${version}-py3-none-any.whl`, bytes: Buffer.concat(chunks) };
}

/** A source package whose build runs `build` (Python, indented by four spaces), without anything from elsewhere. */
export function sourcePackage(folder: string, build: string): Record<string, string> {
  return {
    [`${folder}/pyproject.toml`]:
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "slow"\nversion = "1"\n',
    [`${folder}/backend.py`]: `import os, subprocess, sys, time\ndef build_wheel(directory, config=None, metadata=None):\n${build}\n`,
  };
}
