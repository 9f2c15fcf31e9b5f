import { build, buildIsCurrent } from './build.mjs';
import { installPackages, packagesAreCurrent } from './packages.mjs';
import { step } from './progress.mjs';
import { findRedis, unpackRedis } from './redis-binary.mjs';

/**
 * Packages, Redis and the build: whatever is missing or old.
 * @param {import('./installation.mjs').Installation} installation
 * @returns {Promise<import('./redis-binary.mjs').RedisBinary | null>} null where REDIS_URL is given
 */
export async function prepare(installation) {
  const log = installation.log('install');
  if (!packagesAreCurrent()) await step('Installing packages', () => installPackages(log));
  /** @type {import('./redis-binary.mjs').RedisBinary | null} */
  let redis = null;
  if (!installation.configuration.redisUrl) {
    redis =
      findRedis(installation.redisFolder) ??
      (await step('Unpacking Redis', () => unpackRedis(installation.redisFolder, log)));
  }
  if (!buildIsCurrent()) await step('Building', () => build(log));
  return redis;
}
