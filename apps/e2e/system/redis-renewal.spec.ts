import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@mle/testing';

/** Stand-ins for the packages of Debian: `offered` is the version that they have, and none without a connection. */
const STAND_INS = {
  'apt-get': `echo "$*" >> "$BASE/asked"
    [ -f "$BASE/offered" ] || { echo "E: no connection"; exit 100; }
    case "$*" in *download*) : > redis-server.deb;; esac`,
  'apt-cache': 'printf "redis-server:\\n  Installed: (none)\\n  Candidate: %s\\n" "$(cat "$BASE/offered")"',
  dpkg: `[ "$1" = --compare-versions ] && exec /usr/bin/dpkg "$@"
    mkdir -p "$3/usr/bin"; cp "$BASE/offered" "$3/usr/bin/redis-server"`,
  ldd: 'echo "not a dynamic executable"',
};

describe('an unpacked Redis', () => {
  let base: string;
  const path = (name: string): string => join(base, name);
  const offer = (version: string): void => writeFileSync(path('offered'), version);
  const unpacked = (): string => readFileSync(path('redis/usr/bin/redis-server'), 'utf8');
  const asked = (): number =>
    existsSync(path('asked')) ? readFileSync(path('asked'), 'utf8').trim().split('\n').length : 0;
  const aWeekAgo = (): void => utimesSync(path('redis/asked'), 0, Date.now() / 1000 - 8 * 86_400);

  function call(name: 'unpackRedis' | 'renewRedis'): string {
    const module = join(ROOT, 'tools/lib/redis-binary.mjs');
    const code = `const redis = await import(${JSON.stringify(module)}); console.log(await redis.${name}(process.argv[1]))`;
    const env = { PATH: `${path('bin')}:/usr/bin:/bin`, BASE: base };
    return execFileSync(process.execPath, ['--input-type=module', '-e', code, path('redis')], {
      env,
      encoding: 'utf8',
    }).trim();
  }

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'mle-renewal-'));
    mkdirSync(path('bin'));
    for (const [name, script] of Object.entries(STAND_INS)) {
      writeFileSync(path(`bin/${name}`), `#!/bin/sh\n${script}\n`);
      chmodSync(path(`bin/${name}`), 0o755);
    }
    offer('5:7.0.15-1');
    call('unpackRedis');
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('is renewed by a newer one, of which it asks once a week', () => {
    const before = asked();
    offer('5:7.0.15-2');
    expect([call('renewRedis'), asked()]).toEqual(['false', before]);
    aWeekAgo();
    expect([call('renewRedis'), unpacked()]).toEqual(['true', '5:7.0.15-2']);
    const after = asked();
    expect([call('renewRedis'), asked()]).toEqual(['false', after]);
  });

  it('stays where there is none that is newer, and where nothing can be asked', () => {
    for (const version of ['5:7.0.15-1', '5:7.0.9-9']) {
      offer(version);
      aWeekAgo();
      expect([call('renewRedis'), unpacked()]).toEqual(['false', '5:7.0.15-1']);
    }
    rmSync(path('offered'));
    aWeekAgo();
    expect([call('renewRedis'), unpacked()]).toEqual(['false', '5:7.0.15-1']);
    expect(existsSync(path('redis.new'))).toBe(false);
  });

  it('of an earlier launcher, which noted no version, is renewed', () => {
    rmSync(path('redis/version'));
    aWeekAgo();
    expect(call('renewRedis')).toBe('true');
    expect(readFileSync(path('redis/version'), 'utf8')).toBe('5:7.0.15-1');
  });
});
