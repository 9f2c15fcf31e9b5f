import { nodeJest } from '../../../jest.node.mjs';
/**
 * Tests that kill, stall and cut what the product is made of. `npm test` has a minute for the ones that say most; all
 * come with MLE_TEST_FULL.
 */
const QUICK = ['worker-killed', 'lease', 'redis', 'chaos'];
const specs = process.env['MLE_TEST_FULL'] === '1' ? ['*'] : QUICK;
export default {
  ...nodeJest('faults', import.meta.dirname),
  testMatch: specs.map((name) => `<rootDir>/${name}.spec.ts`),
  testTimeout: 1_200_000,
};
