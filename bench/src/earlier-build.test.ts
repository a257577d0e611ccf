// Which commit is taken as the build before, and what is said where a clone has none.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commitBefore } from './earlier-build.js';

/** A folder with sources, and nothing of git. */
function newSources() {
  const folder = mkdtempSync(join(tmpdir(), 'weft-earlier-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]): string => {
    const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...who, ...args], { cwd: folder, stdio: 'pipe', encoding: 'utf8' }).trim();
  };
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const commit = (file: string, text: string): string => {
    write(file, text);
    git('add', '.');
    git('commit', '-qm', text);
    return git('rev-parse', 'HEAD');
  };
  return { folder, git, write, commit };
}

const RUNS = 'server/src/serve.ts';

test('is the newest commit whose server is another one than what is here, written down or not', async () => {
  const { folder, git, write, commit } = newSources();
  git('init', '-q');
  const first = commit(RUNS, 'one');
  const second = commit(RUNS, 'two');
  commit('server/src/serve.test.ts', 'a test');
  expect(await commitBefore(folder)).toBe(`${second}~1`);
  expect(git('rev-parse', `${second}~1`)).toBe(first);
  write(RUNS, 'three');
  expect(await commitBefore(folder)).toBe(second);
});

test('is none in a clone that ends with what is here, nor without a clone, and that is said', async () => {
  const { folder, git, commit } = newSources();
  await expect(commitBefore(folder)).rejects.toThrow(
    /^There is no earlier build: git does not know these sources \(.*not a git repository/,
  );
  git('init', '-q');
  commit(RUNS, 'one');
  commit(RUNS, 'two');
  const shallow = join(folder, 'shallow');
  git('clone', '-q', '--depth', '1', `file://${folder}`, shallow);
  await expect(commitBefore(shallow)).rejects.toThrow(
    /^There is no earlier build: this clone has no commit whose server or provider is another one/,
  );
  await expect(commitBefore(join(folder, 'nowhere'))).rejects.toThrow(/^There is no earlier build: git does not know/);
});
