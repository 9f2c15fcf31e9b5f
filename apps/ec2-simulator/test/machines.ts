import { spawnSync } from 'node:child_process';
import { GetConsoleOutputCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { SimulatorOptions } from '@mle/simulated-ec2';
import { imageId, launch, untilState } from './launches.js';
import { type Simulation, startSimulation, until } from './simulation.js';

/** Whether this computer gives machines namespaces of their own: else those tests are skipped, and count as skipped. */
export const namespacesWork =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true']).status === 0;

/** A simulation whose instances run. */
export class RunningSimulation {
  private constructor(
    private readonly simulation: Simulation,
    private readonly image: string,
  ) {}

  static async start(options: SimulatorOptions): Promise<RunningSimulation> {
    const simulation = await startSimulation(options);
    return new RunningSimulation(simulation, await imageId(simulation.simulator));
  }

  get ec2() {
    return this.simulation.ec2;
  }

  get simulator() {
    return this.simulation.simulator;
  }

  /** Launches an instance with a bash script as its user-data, and waits for the end of that. */
  async boot(script: string, input: Partial<RunInstancesCommandInput> = {}): Promise<string> {
    const id = await this.launch(script, input);
    await this.untilConsole(id, 'user-data ended');
    return id;
  }

  async launch(script: string, input: Partial<RunInstancesCommandInput> = {}): Promise<string> {
    const { InstanceId } = await launch(this.ec2, { ImageId: this.image, ...input }, `#!/bin/bash\nset -eu\n${script}`);
    return InstanceId;
  }

  async console(id: string): Promise<string> {
    const { Output = '' } = await this.ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
    return Buffer.from(Output, 'base64').toString();
  }

  /** Waits until the console has a text, and gives all of it. */
  async untilConsole(id: string, text: string): Promise<string> {
    await untilState(this.ec2, id, 'running');
    let shown = '';
    try {
      return await until(`"${text}" on the console`, async () => {
        shown = await this.console(id);
        return shown.includes(text) && shown;
      });
    } catch {
      throw new Error(
        `"${text}" did not come. The console says:\n${shown}\nThe simulator says:\n${this.simulator.log}`,
      );
    }
  }

  /** What a command inside the instance writes. */
  async ask(id: string, command: string): Promise<string> {
    const { code, stdout, stderr } = await this.simulator.run(id, command);
    if (code !== 0) throw new Error(`"${command}" ended with ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Waits until a command inside writes this. */
  async untilSays(id: string, command: string, expected: string): Promise<void> {
    let said = '';
    try {
      await until(command, async () => (said = await this.sayIfOn(id, command)) === expected);
    } catch {
      throw new Error(`"${command}" says "${said}" and not "${expected}".`);
    }
  }

  private async sayIfOn(id: string, command: string): Promise<string> {
    try {
      return (await this.simulator.run(id, command)).stdout.trim();
    } catch (error) {
      return String(error);
    }
  }

  stop(): Promise<void> {
    return this.simulation.stop();
  }
}

/** A bash command that writes a unit file; paths of the machine begin with its root. */
export function writeUnit(name: string, text: string): string {
  return `cat > "\${MLE_ROOT:-}/etc/systemd/system/${name}" <<UNIT\n${text}\nUNIT\n`;
}
