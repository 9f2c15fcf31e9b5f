/** What a machine is told at its start. */
export interface MachineSetting {
  instanceId: string;
  /** Before each path of the machine: empty where it has a file system of its own, else a folder. */
  root: string;
  environment: Record<string, string>;
  /** Where stand-ins reach the machine. */
  socketPath: string;
  /** Null where the machine shares the network of the host. */
  forwards: ForwardSetting | null;
}

export interface ForwardSetting {
  /** Leads to ports of the host: two bytes with the port, then the connection. */
  hostSocket: string;
  /** Leads to the metadata service of this instance. */
  metadataSocket: string;
  /** Leads from the host to ports of the machine, in the same way. */
  inboundSocket: string;
}
