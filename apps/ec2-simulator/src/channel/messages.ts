import { CommandResultSchema } from '@mle/simulated-ec2';
import { z } from 'zod';

/** What the simulator tells the process that is a machine. */
export const ToMachineSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('boot'),
    /** Base64; null: it has run before, or there is none. */
    userData: z.string().nullable(),
    clockAheadMs: z.number(),
    /** Ports of the host's loopback that something listens on. */
    ports: z.array(z.int()),
  }),
  z.object({ do: z.literal('shut-down') }),
  z.object({ do: z.literal('clock'), aheadMs: z.number() }),
  z.object({ do: z.literal('ports'), ports: z.array(z.int()) }),
  z.object({ do: z.literal('run'), id: z.int(), command: z.string() }),
]);

/** What the machine tells the simulator. How it ends is told by its exit status. */
export const FromMachineSchema = z.object({ say: z.literal('result'), id: z.int(), result: CommandResultSchema });

export type ToMachine = z.output<typeof ToMachineSchema>;
export type FromMachine = z.output<typeof FromMachineSchema>;

/** Exit statuses of a machine that ends in order. */
export const EXIT = { poweredOff: 0, reboot: 64 } as const;

/** A stand-in asks the machine that it runs in. */
export const StandInCallSchema = z.object({ program: z.string(), args: z.array(z.string()), input: z.string() });
/** What the program says, and its status. */
export interface StandInAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** The programs in the first folder of a machine's PATH. */
export const STAND_INS = [
  'apt-get',
  'systemctl',
  'journalctl',
  'shutdown',
  'poweroff',
  'reboot',
  'halt',
  'nft',
] as const;

/** In the environment of each process of a machine. */
export const INSTANCE_MARK = 'EC2_SIMULATOR_INSTANCE';
/** The descriptor of the channel to the simulator. */
export const CHANNEL_FD = 3;
