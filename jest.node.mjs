import { readFileSync } from 'node:fs';
const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
delete swc.$schema;
delete swc.sourceMaps;
delete swc.jsc.baseUrl;
const root = new URL('.', import.meta.url).pathname;
/** Jest config for the Node projects: native ESM, swc with decorator metadata. */
export const nodeJest = (displayName, dir) => ({
  displayName,
  rootDir: dir,
  testEnvironment: 'node',
  testTimeout: 180_000, // longer than what a test waits for, which names what did not come
  workerIdleMemoryLimit: '1GB', // ESM module registries are not freed between files
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/**/*.spec.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  moduleNameMapper: {
    '^@mle/process/(.*)$': `${root}libs/process/src/$1`,
    '^@mle/(protocol|simulated-ec2|testing)$': `${root}libs/$1/src/index.ts`,
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
});
