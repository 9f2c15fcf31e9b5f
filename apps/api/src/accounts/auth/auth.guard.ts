import { type TokenScope, TokenScopeSchema } from '@mle/protocol';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { CONFIG, type Config } from '../../platform/config/config.js';
import {
  ADMIN_ROUTE,
  type AuthenticatedRequest,
  type Credential,
  PUBLIC_ROUTE,
  SESSION_ROUTE,
  TOKEN_SCOPE,
} from '../../platform/http/current-user.js';
import { forbidden, unauthorized } from '../../platform/http/problem.js';
import { refuseOtherSites } from '../../platform/http/same-origin.js';
import { AuthService } from './auth.service.js';
import { SESSION_COOKIE } from './cookies.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Guards every route: without `@Public()` it asks for a login, and a page of another site changes nothing. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly auth: AuthService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Sockets prove themselves in their handshake.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const { authorization, cookie } = request.headers;
    if (!SAFE_METHODS.has(request.method)) refuseOtherSites(request.headers, this.config.publicUrl);
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC_ROUTE, targets)) return true;
    const found = await this.auth.authenticate({ cookieHeader: cookie, authorizationHeader: authorization });
    if (found === null) throw unauthorized();
    const response = context.switchToHttp().getResponse<Response>();
    if (found.renewedCookie !== undefined)
      SESSION_COOKIE.set(response, this.config, found.renewedCookie.value, found.renewedCookie.maxAgeMs);
    if (this.reflector.getAllAndOverride<boolean>(ADMIN_ROUTE, targets) && found.user.role !== 'admin') {
      throw forbidden('auth.admin_only', 'Only administrators may do this.');
    }
    this.checkToken(found.credential, request.method, targets);
    const release = this.auth.hold(found, () => {
      // An answer that has not begun is that of the very request which ended it, or one that is soon over.
      if (response.headersSent || !request.complete) response.destroy();
    });
    response.once('close', release);
    request.mleUser = found.user;
    request.mleCredential = found.credential;
    return true;
  }

  private checkToken(
    credential: Credential,
    method: string,
    targets: Parameters<Reflector['getAllAndOverride']>[1],
  ): void {
    if (credential.kind !== 'token') return;
    if (this.reflector.getAllAndOverride<boolean>(SESSION_ROUTE, targets))
      throw forbidden(
        'auth.session_only',
        'A token changes no account and no tokens. Log in with your password on the page.',
      );
    const needed =
      this.reflector.getAllAndOverride<TokenScope | undefined>(TOKEN_SCOPE, targets) ??
      (SAFE_METHODS.has(method) ? 'read' : 'all');
    const scopes = TokenScopeSchema.options;
    if (scopes.indexOf(credential.scope) < scopes.indexOf(needed))
      throw forbidden(
        'auth.token_scope',
        `This token may ${credential.scope === 'read' ? 'only read' : 'read, and start and stop runs, and nothing else'}. Make one in Settings that may do this.`,
      );
  }
}
