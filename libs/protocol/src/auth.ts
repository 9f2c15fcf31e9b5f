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

export const CreateTokenSchema = z.object({ name: NameSchema }).strict();
export type CreateToken = z.infer<typeof CreateTokenSchema>;
/** `token` is present once, in the answer that made it. */
export const TokenViewSchema = z.object({
  id: IdSchema,
  name: WordSchema,
  token: z.string().max(LIMITS.secretChars).optional(),
  createdAt: TimeSchema,
  lastUsedAt: TimeSchema.nullable(),
});
export type TokenView = z.infer<typeof TokenViewSchema>;
