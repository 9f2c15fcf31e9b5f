import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { ADMIN_ROUTE, type AuthenticatedRequest, PUBLIC_ROUTE } from '../../platform/http/current-user.js';
import { forbidden, unauthorized } from '../../platform/http/problem.js';
import { refuseOtherSites } from '../../platform/http/same-origin.js';
import { AuthService, SESSION_MS } from './auth.service.js';
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
    if (found.renewedCookie !== undefined)
      SESSION_COOKIE.set(context.switchToHttp().getResponse<Response>(), this.config, found.renewedCookie, SESSION_MS);
    if (this.reflector.getAllAndOverride<boolean>(ADMIN_ROUTE, targets) && found.user.role !== 'admin') {
      throw forbidden('auth.admin_only', 'Only administrators may do this.');
    }
    request.mleUser = found.user;
    request.mleCredential = found.credential;
    return true;
  }
}
