import { nodeJest } from '../../jest.node.mjs';
export default nodeJest('embedded-mongo', import.meta.dirname);
