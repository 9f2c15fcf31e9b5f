import { z } from 'zod';
import { parseTemplate } from './command-template.js';

/** As `docker run` takes it: a name with a registry, a tag or a digest. */
const ImageSchema = z
  .string()
  .trim()
  .max(255, 'Use at most 255 characters.')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'Give the name of an image, such as python:3.12-slim.');

const CommandTemplateSchema = z
  .string()
  .trim()
  .min(1, 'The command is empty. Give a command, or none.')
  .max(8192, 'Use at most 8192 characters.')
  .refine((text) => !text.includes('\0'), 'Use no NUL character.')
  .refine((text) => parseTemplate(text) !== null, 'Write {name} for a parameter, and {{ or }} for a brace.');

/** How the files of a project are run. A run keeps the settings that the project had when it was made. */
export const ProjectSettingsSchema = z
  .object({
    /**
     * The command for a run of a file, instead of the one that the file's ending chooses: `python train.py --lr {lr}`.
     */
    command: CommandTemplateSchema.nullable(),
    /** The Docker image that runs are executed in. It brings the packages: requirements.txt is not installed then. */
    image: ImageSchema.nullable(),
    /** `auto`: a requirements.txt at the root is installed into a Python environment before the run. */
    setup: z.enum(['auto', 'off']),
  })
  .strict();
export type ProjectSettings = z.infer<typeof ProjectSettingsSchema>;

export const DEFAULT_PROJECT_SETTINGS: ProjectSettings = { command: null, image: null, setup: 'auto' };
