import { Cookie } from '../../platform/http/cookie.js';

/** Names the session of a browser. */
export const SESSION_COOKIE = new Cookie('mle_session');
