import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The configuration keeps them; what this process starts does not get them. */
const SECRETS = ['MONGODB_URI', 'REDIS_URL', 'MLE_SECRET_KEY', 'MLE_ADMIN_PASSWORD'] as const;
/** The AWS SDK looks for them in the environment of its process. */
const AWS_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
const PipedSchema = z.partialRecord(z.enum([...SECRETS, ...AWS_KEYS]), z.string());

/**
 * The process's environment: read here, and nowhere else, once. Secrets are taken out of it. A launcher gives them as
 * JSON by the pipe MLE_SECRETS_FD instead: what a process had in its environment at the start, every program of the same
 * user can read.
 */
export function takeEnvironment(): NodeJS.ProcessEnv {
  const fd = process.env['MLE_SECRETS_FD'];
  const piped = fd === undefined ? {} : PipedSchema.parse(JSON.parse(readFileSync(Number(fd), 'utf8')));
  const taken = { ...process.env, ...piped };
  for (const name of SECRETS) Reflect.deleteProperty(process.env, name);
  for (const name of AWS_KEYS) if (piped[name] !== undefined) process.env[name] = piped[name];
  return taken;
}
