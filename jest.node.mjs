const root = new URL('.', import.meta.url).pathname;
/** Jest config for the Node projects: their files are loaded by Node, with the transform of what is built. */
export const nodeJest = (displayName, dir) => ({
  displayName,
  rootDir: dir,
  testEnvironment: 'node',
  testRunner: `${root}tools/jest/plain-runner.mjs`,
  testTimeout: 180_000, // longer than what a test waits for, which names what did not come
  workerIdleMemoryLimit: '1GB',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  transform: {},
});
