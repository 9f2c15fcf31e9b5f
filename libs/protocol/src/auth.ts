import { z } from 'zod';
import { WordSchema } from './bounded.js';
import { IdSchema, NameSchema, TimeSchema } from './ids.js';
import { LIMITS } from './limits.js';

export const RoleSchema = z.enum(['admin', 'member']);
export type Role = z.infer<typeof RoleSchema>;

export const LoginNameSchema = z
  .string()
  .trim()
  .min(1, 'Give a login.')
  .max(64, 'Use at most 64 characters.')
  .regex(/^[\p{L}\p{N}._@+-]+$/u, 'Use letters, digits and . _ @ + - only.');
export const PasswordSchema = z
  .string()
  .min(8, 'Use a password of at least 8 characters.')
  .max(256, 'Use a password of at most 256 characters.');

export const LoginSchema = z.object({ login: z.string().max(256), password: z.string().max(1024) });
export type Login = z.infer<typeof LoginSchema>;

export const SetupSchema = z.object({
  token: z.string().min(1).max(200),
  login: LoginNameSchema,
  password: PasswordSchema,
});
export type Setup = z.infer<typeof SetupSchema>;

/** What an anonymous visitor may know: whether the first user is still to be made. */
export const AuthStatusSchema = z.object({ setupNeeded: z.boolean() });
export type AuthStatus = z.infer<typeof AuthStatusSchema>;

export const UserViewSchema = z.object({ id: IdSchema, login: WordSchema, role: RoleSchema, createdAt: TimeSchema });
export type UserView = z.infer<typeof UserViewSchema>;

/** Changing one's password asks for the present one. */
export const UpdateMeSchema = z
  .object({
    login: LoginNameSchema.optional(),
    password: PasswordSchema.optional(),
    currentPassword: z.string().max(1024).optional(),
  })
  .strict();
export type UpdateMe = z.infer<typeof UpdateMeSchema>;

export const CreateUserSchema = z
  .object({ login: LoginNameSchema, password: PasswordSchema, role: RoleSchema.default('member') })
  .strict();
export type CreateUser = z.infer<typeof CreateUserSchema>;
export const UpdateUserSchema = z.object({ password: PasswordSchema.optional(), role: RoleSchema.optional() }).strict();
export type UpdateUser = z.infer<typeof UpdateUserSchema>;

/** What a token may do; each may what those before it may. `run`: also start, stop and answer runs. */
export const TokenScopeSchema = z.enum(['read', 'run', 'all']);
export type TokenScope = z.infer<typeof TokenScopeSchema>;

export const CreateTokenSchema = z
  .object({
    name: NameSchema,
    scope: TokenScopeSchema.default('all'),
    expiresInDays: z.number().int().min(1).max(LIMITS.tokenDays).default(90),
  })
  .strict();
export type CreateToken = z.infer<typeof CreateTokenSchema>;
export type CreateTokenRequest = z.input<typeof CreateTokenSchema>;
/** `token` is present once, in the answer that made it. */
export const TokenViewSchema = z.object({
  id: IdSchema,
  name: WordSchema,
  scope: TokenScopeSchema,
  token: z.string().max(LIMITS.secretChars).optional(),
  createdAt: TimeSchema,
  lastUsedAt: TimeSchema.nullable(),
  /** Null for those that were made before tokens had an end. */
  expiresAt: TimeSchema.nullable(),
});
export type TokenView = z.infer<typeof TokenViewSchema>;

/** A browser in which somebody is logged in. */
export const SessionViewSchema = z.object({
  id: IdSchema,
  createdAt: TimeSchema,
  expiresAt: TimeSchema,
  /** What the browser says it is, and the address it came from; empty where that was not noted. */
  browser: z.string().max(LIMITS.browserNameChars),
  address: WordSchema,
  /** It is the one that asks. */
  current: z.boolean(),
});
export type SessionView = z.infer<typeof SessionViewSchema>;
