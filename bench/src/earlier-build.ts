// The server and the provider of an earlier commit, built from the history of this clone with the tools and the libraries that are
// here: what runs beside these sources while several nodes are upgraded one after the other.

import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Connection } from '@weft/provider';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const WORKSPACES = ['server', 'packages/protocol', 'packages/model', 'packages/provider'];
/** Of these sources, as far as they run. */
const SOURCES = [...WORKSPACES.map((workspace) => `${workspace}/src`), ':!*.test.ts', ':!*.contract.ts', ':!*/test/*'];

export interface EarlierBuild {
  /** Short. */
  readonly commit: string;
  /** The script that starts its server. */
  readonly main: string;
  /** Of its provider. */
  readonly Connection: typeof Connection;
}

/**
 * @param folder whoever gives it removes it
 * @param commit default: the newest one whose server or provider is another than the one here
 * @throws Error where there is none, in a sentence
 */
export async function buildEarlier(folder: string, commit?: string): Promise<EarlierBuild> {
  const chosen = commit ?? (await commitBefore());
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'sources.tar');
  await git('archive', '--output', archive, chosen, 'tsconfig.base.json', ...WORKSPACES);
  await run('tar', ['-xf', archive, '-C', folder]);
  await rm(archive);
  // Its own packages, and the libraries that are installed here.
  const [modules, installed] = [join(folder, 'node_modules'), join(root, 'node_modules')];
  await mkdir(join(modules, '@weft'), { recursive: true });
  for (const name of await readdir(installed)) {
    if (name !== '@weft') await symlink(join(installed, name), join(modules, name));
  }
  for (const workspace of WORKSPACES) {
    await symlink(join(folder, workspace), join(modules, '@weft', basename(workspace)));
  }
  await run(join(installed, '.bin/tsc'), ['-b', 'server', 'packages/provider'], { cwd: folder }).catch(
    (cause: unknown) => {
      throw new Error(`There is no earlier build: ${chosen} does not build with the libraries that are here.`, {
        cause,
      });
    },
  );
  const provider = pathToFileURL(join(folder, 'packages/provider/dist/index.js')).href;
  const { Connection: Earlier } = (await import(provider)) as { Connection: typeof Connection };
  return {
    commit: await git('rev-parse', '--short', chosen),
    main: join(folder, 'server/dist/weft.cjs'),
    Connection: Earlier,
  };
}

async function commitBefore(): Promise<string> {
  const commits = await git('log', '--format=%H', '--max-count=100', '--', ...SOURCES).catch(() => '');
  for (const commit of commits.split('\n').filter((line) => line !== '')) {
    // The first one is often what is here, and what came before it is its parent; a clone may end there.
    for (const candidate of [commit, `${commit}~1`]) {
      const differs = await git('diff', '--quiet', candidate, '--', ...SOURCES).then(
        () => false,
        (error: { readonly code?: unknown }) => error.code === 1,
      );
      if (differs) return candidate;
    }
  }
  throw new Error('There is no earlier build: this clone has no commit whose server or provider is another one.');
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: root })).stdout.trim();
}
