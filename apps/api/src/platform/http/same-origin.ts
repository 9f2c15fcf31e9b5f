import type { IncomingHttpHeaders } from 'node:http';
import { forbidden, unauthorized } from './problem.js';

/**
 * A page of another site neither changes anything nor listens. Whoever sends a header of its own means it.
 * @throws ProblemError 403
 */
export function refuseOtherSites(headers: IncomingHttpHeaders, publicUrl: string | null): void {
  if (headers.authorization === undefined && !isSameOrigin(headers, publicUrl))
    throw forbidden('auth.cross_origin', 'This request came from a page of another site. Use the page of this server.');
}

/**
 * A socket that a browser opens: each browser says of which page it is, so that a cookie alone proves nothing.
 * @throws ProblemError 401 or 403
 */
export function refuseOtherPages(headers: IncomingHttpHeaders, publicUrl: string | null): void {
  refuseOtherSites(headers, publicUrl);
  if (headers.authorization === undefined && headers.origin === undefined) throw unauthorized();
}

/**
 * Whether a request that changes something comes from our own page, or from no browser at all. Browsers tell where a
 * request comes from in Sec-Fetch-Site or Origin, and a page cannot change either; a program such as curl sends neither
 * and carries no cookie but its own.
 */
function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: string | null): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}
