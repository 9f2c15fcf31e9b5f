import { type FieldError, LIMITS } from '@mle/protocol';
import { Body, HttpCode, Param, type PipeTransform, Query } from '@nestjs/common';
import type { z } from 'zod';
import { badRequest } from './problem.js';
import { describeRoute, type ResponseBody } from './route-docs.js';

/** Checks a part of the request by its schema; hands on what the schema makes of it. */
class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(
    private readonly schema: S,
    private readonly prefix: string,
  ) {}

  transform(value: unknown): z.output<S> {
    return parsed(this.schema, value, this.prefix);
  }
}

/** @throws ProblemError 400 with one entry for each field that is wrong; `prefix` goes before their paths. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown, prefix = ''): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Without its type a body is not read, and what it lacks would be told instead of why.
  if (value === undefined && prefix === '')
    throw badRequest('body.missing', 'Send a JSON body, with the header Content-Type: application/json.');
  const errors: FieldError[] = result.error.issues.slice(0, LIMITS.fieldErrors).map(({ path, message }) => ({
    path: [...(prefix ? [prefix] : []), ...path.map(String)].join('.'),
    message,
  }));
  const [first] = errors;
  const detail =
    first === undefined ? 'The request is not valid.' : first.path ? `${first.path}: ${first.message}` : first.message;
  throw badRequest('request.invalid', detail, errors);
}

/** The JSON body, checked and documented by one schema. */
export function ZodBody(schema: z.ZodType): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) describeRoute(target, key, { body: schema });
    Body(new ZodPipe(schema, ''))(target, key, index);
  };
}

/** The query string, checked and documented by one schema. */
export function ZodQuery(schema: z.ZodObject): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) describeRoute(target, key, { query: schema });
    Query(new ZodPipe(schema, ''))(target, key, index);
  };
}

/** One named part of the path, checked and documented by one schema. */
export function ZodParam(name: string, schema: z.ZodType): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) describeRoute(target, key, { params: { [name]: schema } });
    Param(name, new ZodPipe(schema, name))(target, key, index);
  };
}

/** What a route takes that is no JSON. */
export function Accepts(body: 'binary' | 'multipart'): MethodDecorator {
  return (target, key) => describeRoute(target, key, { body });
}

/** Sets the status of the answer and documents what it holds. */
export function Returns(status: number, body: ResponseBody, summary?: string): MethodDecorator {
  return (target, key, descriptor) => {
    describeRoute(target, key, { responses: { [status]: body }, ...(summary !== undefined && { summary }) });
    HttpCode(status)(target, key, descriptor);
  };
}
