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

/** Nothing is wrong with what is here: a run that needs an earlier build cannot be. */
const none = (why: string, cause?: unknown): Error => new Error(`There is no earlier build: ${why}.`, { cause });

/**
 * @param folder whoever gives it removes it
 * @param commit default: the newest one whose server or provider is another than the one here
 * @throws Error where there is none, in a sentence that begins so
 */
export async function buildEarlier(folder: string, commit?: string): Promise<EarlierBuild> {
  const chosen = commit ?? (await commitBefore(root));
  try {
    return await build(join(folder, 'earlier'), chosen);
  } catch (cause) {
    // Whose fault it is: what builds no commit at all is a fault of this.
    await build(join(folder, 'newest'), 'HEAD');
    const why = String((cause as { readonly stdout?: string }).stdout || (cause as Error).message);
    throw none(
      `${chosen} does not build or start with the libraries that are here, as HEAD does (${firstLine(why)})`,
      cause,
    );
  }
}

async function build(folder: string, commit: string): Promise<EarlierBuild> {
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'sources.tar');
  await git(root, 'archive', '--output', archive, commit, 'tsconfig.base.json', ...WORKSPACES);
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
  await run(join(installed, '.bin/tsc'), ['-b', 'server', 'packages/provider'], { cwd: folder });
  const main = join(folder, 'server/dist/weft.cjs');
  await run(process.execPath, [main, '--version']);
  const provider = pathToFileURL(join(folder, 'packages/provider/dist/index.js')).href;
  const { Connection: Earlier } = (await import(provider)) as { Connection: typeof Connection };
  return { commit: await git(root, 'rev-parse', '--short', commit), main, Connection: Earlier };
}

/** @param clone its folder @throws Error as `buildEarlier` does */
export async function commitBefore(clone: string): Promise<string> {
  const commits = await git(clone, 'log', '--format=%H', '--max-count=100', '--', ...SOURCES).catch(
    (cause: unknown) => {
      const { stderr, message } = cause as { readonly stderr?: string; readonly message: string };
      throw none(`git does not know these sources (${firstLine(stderr || message)})`, cause);
    },
  );
  for (const commit of commits.split('\n').filter((line) => line !== '')) {
    // The first one is often what is here, and what came before it is its parent; a clone may end there.
    for (const candidate of [commit, `${commit}~1`]) {
      const differs = await git(clone, 'diff', '--quiet', candidate, '--', ...SOURCES).then(
        () => false,
        (error: { readonly code?: unknown }) => error.code === 1,
      );
      if (differs) return candidate;
    }
  }
  throw none('this clone has no commit whose server or provider is another one (git fetch --deepen 100 brings some)');
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0]!;

async function git(clone: string, ...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: clone })).stdout.trim();
}
