// The servers of others, in a folder of their own that nothing else installs: bench/peers, with its own lock file.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../peers', import.meta.url));

export const peerFile = (path: string): string => `${folder}/${path}`;

export const versionIn = (file: string): string =>
  (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;

/**
 * Installs what is missing or not of the lock file's versions; some of it is compiled.
 *
 * @returns why they cannot be had, or null
 */
export function installPeers(say: (line: string) => void): string | null {
  if (versionsIn('node_modules/.package-lock.json') === versionsIn('package-lock.json')) return null;
  say('Installing the other servers into bench/peers.');
  const { status, error, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0) return null;
  return `npm ci in bench/peers failed: ${error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')}`;
}

/** Of every package a lock file names, to be compared. */
function versionsIn(lockFile: string): string {
  if (!existsSync(peerFile(lockFile))) return '';
  const { packages } = JSON.parse(readFileSync(peerFile(lockFile), 'utf8')) as {
    packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version }]) => `${path} ${version}`)
    .sort()
    .join('\n');
}
