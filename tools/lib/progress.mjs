const isTerminal = process.stdout.isTTY === true;

/**
 * Shows one step with its seconds: on a terminal while it lasts, else when it is over.
 * @template T
 * @param {string} doing as in "Building"
 * @param {() => Promise<T>} work
 * @param {{ quietMs?: number }} [options] a step that is over sooner is not worth a line
 * @returns {Promise<T>}
 */
export async function step(doing, work, { quietMs = 0 } = {}) {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
  let shown = false;
  const show = () => {
    if (performance.now() - start < quietMs) return;
    shown = true;
    rewrite(`${doing}  ${Math.floor(Number(seconds()))} s`);
  };
  const timer = isTerminal ? setInterval(show, 500) : null;
  if (quietMs === 0 && isTerminal) show();
  if (quietMs === 0 && !isTerminal) say(`${doing} …`);
  try {
    const result = await work();
    if (isTerminal) rewrite('');
    if (shown || performance.now() - start >= quietMs) say(`${doing}  done in ${seconds()} s`);
    return result;
  } catch (error) {
    if (isTerminal && shown) rewrite('');
    throw error;
  } finally {
    if (timer) clearInterval(timer);
  }
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Replaces the terminal's present line; elsewhere nothing.
 * @param {string} line
 */
export function rewrite(line) {
  if (isTerminal) process.stdout.write(`\r\u001b[K${line}`);
}

/** A reader of our output that goes away must not end the launcher. */
export function surviveClosedTerminal() {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}
