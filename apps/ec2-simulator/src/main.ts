import { WrongArguments } from './base/wrong-arguments.js';

/** Each role loads only what it needs: a stand-in evaluates nothing of the services. */
async function main([role = '', ...rest]: string[]): Promise<void> {
  if (role === 'machine') return (await import('./inside/run-machine.js')).runMachine(rest);
  if (role === 'stand-in') return (await import('./inside/stand-in.js')).runStandIn(rest);
  const { runSimulator } = await import('./run-simulator.js');
  return runSimulator([role, ...rest].filter((arg) => arg !== ''));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUse = error instanceof WrongArguments;
  const text = error instanceof Error ? ((isUse ? null : error.stack) ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(isUse ? 2 : 1);
}
