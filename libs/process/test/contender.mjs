import { ProcessLock } from '../src/lock.mjs';

/**
 * A process that takes and releases a lock as its parent asks: a moment to take it, or `release`.
 * It answers with what `take` returned, or with `released`.
 */
const [path = ''] = process.argv.slice(2);
/** @type {ProcessLock | undefined} */
let lock;
process.on('message', (/** @type {number | 'release'} */ order) => {
  if (order === 'release') {
    lock?.release();
    process.send?.('released');
    return;
  }
  lock = new ProcessLock(path);
  // Awake at the moment, so that all take it in the same one.
  while (Date.now() < order);
  process.send?.(lock.take());
});
process.on('disconnect', () => process.exit());
