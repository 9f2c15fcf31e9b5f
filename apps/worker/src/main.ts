import { BadArgument, parseArguments } from './base/config/arguments.js';
import { closeInherited } from './base/inherited-descriptors.js';

/** Each role loads only what it needs: a supervisor evaluates none of the queue's and the link's packages. */
async function main(): Promise<void> {
  const command = await parseArguments(process.argv.slice(2));
  closeInherited(command.role === 'worker' ? command.settings.lifelineFd : null);
  if (command.role === 'supervise') {
    const { supervise } = await import('./supervisor/supervise.js');
    await supervise(command.dataDir, command.ownMounts);
  } else if (command.role === 'identity') {
    const { printIdentity } = await import('./server/listen/print-identity.js');
    await printIdentity(command.dataDir);
  } else {
    const { runWorker } = await import('./worker/run-worker.js');
    await runWorker(command.settings);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof BadArgument ? 2 : 1);
}
