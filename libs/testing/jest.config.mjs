import { nodeJest } from '../../jest.node.mjs';
export default nodeJest('testing', import.meta.dirname);
