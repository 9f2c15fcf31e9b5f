import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ADMIN_ROUTE, PUBLIC_ROUTE } from './current-user.js';
import { type RouteDocs, routeDocs } from './route-docs.js';

/** A route as the router knows it. */
export interface Route {
  method: string;
  /** In Express' words: /api/v1/projects/:id/files/*path */
  path: string;
  controller: string;
  handler: string;
  isPublic: boolean;
  adminOnly: boolean;
  docs: RouteDocs;
}

/** Reads all routes of all controllers from what their decorators left. */
@Injectable()
export class RouteRegistry {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  routes(): Route[] {
    return this.discovery.getControllers().flatMap(({ metatype, instance }) => {
      const type = metatype as (new (...args: never[]) => object) | null;
      if (type === null || instance === undefined) return [];
      const prototype = type.prototype as Record<string, () => unknown>;
      return this.scanner.getAllMethodNames(prototype).flatMap((handler) => this.routesOf(type, prototype, handler));
    });
  }

  private routesOf(
    type: new (...args: never[]) => object,
    prototype: Record<string, () => unknown>,
    handler: string,
  ): Route[] {
    const method = prototype[handler];
    if (method === undefined) return [];
    const verb = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, method);
    if (verb === undefined) return [];
    const paths = (target: (() => unknown) | typeof type) =>
      [this.reflector.get<string | string[]>(PATH_METADATA, target)].flat();
    const flag = (key: string) => this.reflector.getAllAndOverride<boolean | undefined>(key, [method, type]) ?? false;
    return paths(type).flatMap((prefix) =>
      paths(method).map((path) => ({
        method: RequestMethod[verb],
        path: `/${prefix}/${path}`.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, ''),
        controller: type.name,
        handler,
        isPublic: flag(PUBLIC_ROUTE),
        adminOnly: flag(ADMIN_ROUTE),
        docs: routeDocs(prototype, handler),
      })),
    );
  }
}
