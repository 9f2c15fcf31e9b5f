import { randomBytes } from 'node:crypto';
import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { Public } from './current-user.js';
import { openApi } from './openapi.js';
import { type Route, RouteRegistry } from './route-registry.js';
import { Returns } from './zod.js';

@Public()
@Controller('api')
export class DocsController {
  constructor(private readonly registry: RouteRegistry) {}

  @Get('openapi.json')
  @Returns(200, z.looseObject({ openapi: z.string() }), 'This interface as an OpenAPI 3.1 document')
  document(): Record<string, unknown> {
    return openApi(this.registry.routes());
  }

  @Get('docs')
  @Returns(200, 'html', 'All addresses on one page')
  page(@Res() response: Response): void {
    const nonce = randomBytes(16).toString('base64');
    response.set(
      'Content-Security-Policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`,
    );
    response.type('html').send(docsPage(this.registry.routes(), nonce));
  }
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function docsPage(routes: Route[], nonce: string): string {
  const rows = routes
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method))
    .map(({ method, path, docs, isPublic, adminOnly }) => {
      const who = isPublic ? 'everyone' : adminOnly ? 'administrators' : 'users';
      return `<tr><td><code>${escape(method)}</code></td><td><code>${escape(path)}</code></td><td>${escape(docs.summary ?? '')}</td><td>${who}</td></tr>`;
    });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ML Experimenter: REST interface</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top }
</style></head><body>
<h1>REST interface</h1>
<p>Send a token as <code>Authorization: Bearer mle_…</code>. Shapes of requests and answers: <a href="/api/openapi.json">openapi.json</a>. Refusals are problem details (RFC 9457).</p>
<table><thead><tr><th>Method</th><th>Address</th><th>What it does</th><th>For</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></body></html>`;
}
