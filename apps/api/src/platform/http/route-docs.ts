import type { z } from 'zod';

export type ResponseBody = z.ZodType | 'binary' | 'empty' | 'html';

/** What the decorators of a route tell about it. */
export interface RouteDocs {
  summary?: string;
  body?: z.ZodType | 'binary' | 'multipart';
  query?: z.ZodObject;
  params?: Record<string, z.ZodType>;
  responses?: Record<number, ResponseBody>;
}

const KEY = 'mle:route-docs';

/** Adds to what is known of a handler; decorators of one handler add up. */
export function describeRoute(target: object, key: string | symbol, part: RouteDocs): void {
  const known = routeDocs(target, key);
  const merged: RouteDocs = {
    ...known,
    ...part,
    params: { ...known.params, ...part.params },
    responses: { ...known.responses, ...part.responses },
  };
  Reflect.defineMetadata(KEY, merged, target, key);
}

export function routeDocs(target: object, key: string | symbol): RouteDocs {
  return (Reflect.getMetadata(KEY, target, key) as RouteDocs | undefined) ?? {};
}
