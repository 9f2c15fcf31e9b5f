/** Where Redis is, in the names that ioredis takes. Either `path` or `host` and `port`. */
export interface RedisConnection {
  path?: string;
  host?: string;
  port?: number;
  tls?: { servername: string };
  username?: string;
  password?: string;
  db?: number;
}

/** Reads redis://, rediss:// and unix://[[user]:password@]/path.sock[?db=N]; null when it is none of them. */
export function redisConnection(text: string): RedisConnection | null {
  const unix = /^unix:\/\/(?:([^@/]*)@)?(\/[^?]+)(?:\?db=(\d{1,3}))?$/.exec(text);
  if (unix) {
    const [user, password] = (unix[1] ?? '').split(':', 2);
    return {
      path: decode(unix[2]) ?? '',
      ...(user && { username: decode(user) }),
      ...(password && { password: decode(password) }),
      ...(unix[3] && { db: Number(unix[3]) }),
    };
  }
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const db = /^\/?(\d{0,3})$/.exec(url.pathname);
  if (!url.hostname || !db) return null;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    ...(url.protocol === 'rediss:' && { tls: { servername: url.hostname } }),
    ...(url.username && { username: decode(url.username) }),
    ...(url.password && { password: decode(url.password) }),
    ...(db[1] && { db: Number(db[1]) }),
  };
}

function decode(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return part;
  }
}
