import { nodeJest } from '../../jest.node.mjs';
export default {
  ...nodeJest('ec2-simulator', import.meta.dirname),
  globalSetup: '<rootDir>/test/build-bundle.mjs',
  testTimeout: 60_000,
};
