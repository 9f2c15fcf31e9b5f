import { nodeJest } from '../../jest.node.mjs';
/** Tests of the whole product as its processes, without a browser. Playwright has the others. */
export default {
  ...nodeJest('system', import.meta.dirname),
  testMatch: ['<rootDir>/system/**/*.spec.ts'],
};
