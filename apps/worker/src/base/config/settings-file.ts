import { readFile } from 'node:fs/promises';
import { LIMITS, type Properties, PropertiesSchema } from '@mle/protocol';
import { z } from 'zod';
import { BadArgument } from './bad-argument.js';

const FileSchema = z.looseObject({
  url: z.string().optional(),
  serverKeyFile: z.string().optional(),
  token: z.string().optional(),
  listen: z.int().optional(),
  listenHost: z.string().optional(),
  name: z.string().max(80).optional(),
});

export interface SettingsFile {
  url: string | undefined;
  serverKeyFile: string | undefined;
  token: string | undefined;
  listen: number | undefined;
  listenHost: string | undefined;
  name: string | undefined;
  /** All that the worker itself does not use. */
  properties: Properties;
}

export async function readSettingsFile(path: string): Promise<SettingsFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BadArgument(
      `The configuration file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadArgument(
      `The configuration file ${path} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const parsed = FileSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BadArgument(
      `The configuration file ${path} is wrong at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'give a JSON object'}.`,
    );
  }
  const { url, serverKeyFile, token, listen, listenHost, name, ...properties } = parsed.data;
  const own = PropertiesSchema.safeParse(properties);
  if (!own.success)
    throw new BadArgument(
      `What the configuration file ${path} says of this machine is too large. Use at most ${LIMITS.propertiesBytes} bytes and four levels of JSON.`,
    );
  return { url, serverKeyFile, token, listen, listenHost, name, properties: own.data };
}
