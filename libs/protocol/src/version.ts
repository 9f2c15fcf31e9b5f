/** Of the product: the server and the worker compare theirs. A test compares it with the workspace's package.json. */
export const VERSION = '0.1.0';
