import type { Role, TokenScope } from '@mle/protocol';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import { unauthorized } from './problem.js';

/** Who makes a request. */
export interface AuthUser {
  id: string;
  login: string;
  role: Role;
}

/** How the request proved it. */
export type Credential = { kind: 'session'; id: string } | { kind: 'token'; id: string; scope: TokenScope };

export interface AuthenticatedRequest extends Request {
  mleUser?: AuthUser;
  mleCredential?: Credential;
}

export const PUBLIC_ROUTE = 'mle:public';
export const ADMIN_ROUTE = 'mle:admin';
export const TOKEN_SCOPE = 'mle:token-scope';
export const SESSION_ROUTE = 'mle:session';

/** Open to everyone. Every route without it asks for a login. */
export const Public = () => SetMetadata(PUBLIC_ROUTE, true);
/** For administrators only. */
export const AdminOnly = () => SetMetadata(ADMIN_ROUTE, true);

/** The least scope of a token for this route. Without it reading asks for `read`, and everything else for `all`. */
export const ForTokens = (scope: TokenScope) => SetMetadata(TOKEN_SCOPE, scope);
/** For whoever logged in with a password: a token that is lost changes no account and makes no other token. */
export const SessionOnly = () => SetMetadata(SESSION_ROUTE, true);

export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): AuthUser => {
  const { mleUser } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!mleUser) throw unauthorized();
  return mleUser;
});

/** The session or token of the request. */
export const CurrentCredential = createParamDecorator((_data: unknown, context: ExecutionContext): Credential => {
  const { mleCredential } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!mleCredential) throw unauthorized();
  return mleCredential;
});
