/** Of the product; a test compares it with the workspace's package.json. */
export const WORKER_VERSION = '0.1.0';
