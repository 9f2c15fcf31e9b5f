import { z } from 'zod';
import { SentenceSchema, WordSchema } from './bounded.js';

export const RegionSchema = z
  .string()
  .max(30)
  .regex(/^[a-z]{2}(-[a-z]{2,10}){1,3}-\d{1,2}$/, 'Give a region such as us-east-1.');

/** Keys of an IAM user, or none: then those that the server's own surroundings give, such as an instance role. */
export const AwsSettingsSchema = z
  .object({
    accessKeyId: z
      .string()
      .trim()
      .max(128)
      .regex(/^[A-Za-z0-9]{4,128}$/, 'Give the key id, letters and digits such as AKIA….')
      .optional(),
    secretAccessKey: z.string().trim().min(1, 'Give the secret key.').max(200).optional(),
    region: RegionSchema,
  })
  .strict()
  .refine(({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined), {
    error: 'Give both the key id and the secret key, or neither.',
    path: ['secretAccessKey'],
  });
export type AwsSettings = z.infer<typeof AwsSettingsSchema>;

/** The secret key is never shown again. */
export const AwsSettingsViewSchema = z.object({
  configured: z.boolean(),
  /** `…` and its last four; null: the server's own surroundings give the keys. */
  accessKeyId: WordSchema.nullable(),
  region: WordSchema.nullable(),
  /** The least that the keys need, as a policy to copy. */
  policy: z.string().max(10_000),
  /** Machines were launched by a server of which this one's data are a copy: nothing is done with them meanwhile. */
  copied: z.boolean(),
  simulated: z.boolean(),
});
export type AwsSettingsView = z.infer<typeof AwsSettingsViewSchema>;

export const AwsCheckSchema = z.object({
  items: z
    .array(z.object({ name: WordSchema, ok: z.boolean(), sentence: SentenceSchema, detail: SentenceSchema.nullable() }))
    .max(20),
});
export type AwsCheck = z.infer<typeof AwsCheckSchema>;

const AddressSchema = z.ipv4('Give an IPv4 address such as 203.0.113.7.').max(15);

/** How new machines and this server find each other. */
export const AwsReachSchema = z.object({
  /** Where a launch does not say. */
  way: z.enum(['join', 'dial']),
  /** Why, as a sentence. */
  sentence: SentenceSchema,
  /** The address by which AWS sees this server; null: it is not known. Only it is let in at machines that are dialled. */
  ownAddress: AddressSchema.nullable(),
  /** A person has given it. */
  typed: z.boolean(),
  port: z.int(),
});
export type AwsReach = z.infer<typeof AwsReachSchema>;

/** Null: it is asked for. */
export const OwnAddressSchema = z.object({ ownAddress: AddressSchema.nullable() }).strict();
export type OwnAddress = z.infer<typeof OwnAddressSchema>;
