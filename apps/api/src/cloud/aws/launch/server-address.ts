import { type Config, isHttps } from '../../../platform/config/config.js';

/** Where machines of the cloud reach this server; null: nowhere. Those of a simulation run on this computer. */
export function serverAddress(config: Config): string | null {
  if (config.publicUrl !== null) return config.publicUrl;
  if (config.awsEndpoints.ec2 === null) return null;
  return `${isHttps(config) ? 'https' : 'http'}://127.0.0.1:${config.tls?.port ?? config.port}`;
}
