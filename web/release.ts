// Which release of the app this is, the same in every language it is built in: a hash of all that it is built from.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));

export function releaseOf(): string {
  const folders = ['web', ...readdirSync(`${repository}packages`).map((name) => `packages/${name}`)];
  const sources = folders.flatMap((folder) => [
    ...filesIn(folder, false),
    ...filesIn(`${folder}/src`, true),
    ...filesIn(`${folder}/public`, true),
  ]);
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...sources]) hash.update(file).update(readFileSync(repository + file));
  return hash.digest('hex').slice(0, 16);
}

function filesIn(folder: string, recursive: boolean): string[] {
  if (!existsSync(repository + folder)) return [];
  return readdirSync(repository + folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.ts$|\.tsbuildinfo$/.test(entry.name))
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(repository.length))
    .sort();
}
