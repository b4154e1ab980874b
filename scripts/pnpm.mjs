// How pnpm is run, by boot.mjs before anything is installed and by the build afterwards: one pinned version, nothing needed from HOME.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PNPM = '12.21.0';
const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), '.cache');

/** The command and its first arguments. */
export function pnpmCommand() {
  const npx = join(dirname(process.execPath), 'npx');
  return [existsSync(npx) ? npx : 'npx', '-y', `pnpm@${PNPM}`];
}

/** The environment of npx and pnpm: a HOME that cannot be written is replaced by one inside the clone. */
export function pnpmEnvironment() {
  const env = { ...process.env, CI: 'true', npm_config_update_notifier: 'false', npm_config_fund: 'false', npm_config_audit: 'false' };
  for (const name of ['NODE_ENV', 'NODE_OPTIONS', 'npm_config_production', 'npm_config_omit']) delete env[name];
  try {
    if (!env.HOME) throw new Error('no HOME');
    for (const folder of [env.HOME, join(env.HOME, '.npm')].filter((path, index) => index === 0 || existsSync(path))) {
      accessSync(folder, constants.W_OK | constants.X_OK);
    }
  } catch {
    const home = join(cache, 'home');
    mkdirSync(home, { recursive: true });
    for (const name of ['XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'PNPM_HOME']) delete env[name];
    Object.assign(env, {
      HOME: home,
      npm_config_cache: join(cache, 'npm'),
      XDG_DATA_HOME: join(home, 'share'),
      XDG_CACHE_HOME: join(home, 'cache'),
    });
  }
  return env;
}
