import type { Role } from '@mle/protocol';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import { unauthorized } from './problem.js';

/** Who makes a request. */
export interface AuthUser {
  id: string;
  login: string;
  role: Role;
}

/** How the request proved it: the session's or token's id and kind. */
export interface Credential {
  kind: 'session' | 'token';
  id: string;
}

export interface AuthenticatedRequest extends Request {
  mleUser?: AuthUser;
  mleCredential?: Credential;
}

export const PUBLIC_ROUTE = 'mle:public';
export const ADMIN_ROUTE = 'mle:admin';

/** Open to everyone. Every route without it asks for a login. */
export const Public = () => SetMetadata(PUBLIC_ROUTE, true);
/** For administrators only. */
export const AdminOnly = () => SetMetadata(ADMIN_ROUTE, true);

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
