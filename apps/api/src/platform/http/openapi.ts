import * as protocol from '@mle/protocol';
import { z } from 'zod';
import type { ResponseBody } from './route-docs.js';
import type { Route } from './route-registry.js';

type Json = Record<string, unknown>;

/** The protocol's schemas under their names, so that the document refers to them instead of repeating them. */
const named = z.registry<{ id: string }>();
for (const [name, value] of Object.entries(protocol)) {
  if (name.endsWith('Schema') && value instanceof z.ZodType && !named.has(value))
    named.add(value, { id: name.slice(0, -'Schema'.length) });
}

/** The OpenAPI 3.1 document of the routes: their schemas are the very ones that check the requests. */
export function openApi(routes: Route[]): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = openPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  const problem = schemaOf(protocol.ProblemSchema, 'output', schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'ML Experimenter',
      version: '1',
      description:
        'Projects, machines and runs. Times are UTC, ids are 24 hex digits, refusals are problem details (RFC 9457).',
    },
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'mle_session' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'mle_…' },
      },
      responses: {
        Problem: { description: 'Why it was refused', content: { 'application/problem+json': { schema: problem } } },
      },
    },
  };
}

/** /projects/:id/files/*path → /projects/{id}/files/{path} */
export function openPath(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, '{$1}');
}

function operation({ method, path, controller, handler, isPublic, adminOnly, docs }: Route, schemas: Json): Json {
  const tag = controller.replace(/Controller$/, '');
  const bodies =
    docs.body === undefined ? {} : { requestBody: { required: true, content: requestContent(docs.body, schemas) } };
  return {
    operationId: `${tag}.${handler}`,
    tags: [tag],
    summary: docs.summary ?? `${method} ${path}`,
    ...(adminOnly && { description: 'Administrators only.' }),
    ...(isPublic && { security: [] }),
    parameters: [
      ...pathParameters(path, docs.params ?? {}, schemas),
      ...(docs.query ? queryParameters(docs.query, schemas) : []),
    ],
    ...bodies,
    responses: {
      ...Object.fromEntries(
        Object.entries(docs.responses ?? { 200: 'binary' as const }).map(([status, body]) => [
          status,
          response(body, schemas),
        ]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function requestContent(body: z.ZodType | 'binary' | 'multipart', schemas: Json): Json {
  if (body === 'binary') return { 'application/octet-stream': {} };
  if (body === 'multipart') {
    const files = { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } };
    return { 'multipart/form-data': { schema: { type: 'object', properties: { files } } } };
  }
  return { 'application/json': { schema: schemaOf(body, 'input', schemas) } };
}

function response(body: ResponseBody, schemas: Json): Json {
  if (body === 'empty') return { description: 'Done' };
  if (body === 'binary') return { description: 'The bytes', content: { 'application/octet-stream': {} } };
  if (body === 'html') return { description: 'A page', content: { 'text/html': {} } };
  return { description: 'The answer', content: { 'application/json': { schema: schemaOf(body, 'output', schemas) } } };
}

function pathParameters(path: string, params: Record<string, z.ZodType>, schemas: Json): Json[] {
  return [...path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => {
    const schema = params[name];
    return {
      name,
      in: 'path',
      required: true,
      schema: schema ? schemaOf(schema, 'input', schemas) : { type: 'string' },
    };
  });
}

/**
 * The output side tells the types: a number in a query comes in as text. Which ones may be left out, only the input
 * side tells.
 */
function queryParameters(query: z.ZodObject, schemas: Json): Json[] {
  const required = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' }).required ?? [];
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    explode: false,
    schema: schemaOf(schema as z.ZodType, 'output', schemas),
  }));
}

/**
 * A JSON schema whose named parts are put into `schemas`. What a request may leave out an answer may not, so the two
 * sides have names of their own.
 */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const suffix = io === 'input' ? 'Request' : '';
  // As a part of something else, a named schema becomes a reference too.
  const { $defs = {}, properties = {} } = z.toJSONSchema(z.object({ it: schema }), {
    io,
    metadata: named,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  const rename = (json: unknown): unknown =>
    JSON.parse(JSON.stringify(json).replaceAll(/"#\/\$defs\/(\w+)"/g, `"#/components/schemas/$1${suffix}"`));
  for (const [name, definition] of Object.entries($defs)) {
    // The name is in the place already; `id` would be read as an address.
    schemas[name + suffix] = rename({ ...definition, id: undefined });
  }
  return rename((properties as Json)['it']) as Json;
}
