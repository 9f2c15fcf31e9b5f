import { nodeJest } from '../../../jest.node.mjs';
/** Tests that kill, stall and cut what the product is made of. */
export default { ...nodeJest('faults', import.meta.dirname), testTimeout: 300_000 };
