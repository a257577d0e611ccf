// What a run is measured on, and which commit: read once, and written beside the figures.

import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Machine, Run } from './results.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @param dataFolder where the servers' data lie: its disk is the one that counts */
export function readMachine(dataFolder: string): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryBytes: totalmem(),
    kernel: `Linux ${release()}`,
    disk: diskOf(realpathSync(dataFolder), readFileSync('/proc/self/mounts', 'utf8')),
  };
}

/** @param mounts as /proc/self/mounts @returns `ext4 on /dev/vda` */
export function diskOf(folder: string, mounts: string): string {
  let [best, disk] = ['', 'unknown'];
  for (const line of mounts.split('\n')) {
    const [device = '', point = '', type = ''] = line.split(' ');
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`);
    // Of two on the same place the later one is seen.
    if (device && holds && point.length >= best.length) [best, disk] = [point, `${type} on ${device}`];
  }
  return disk;
}

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();

const subjectOf = (commit: string): string => git('log', '-1', '--format=%s', commit);

export function readCommit(): Required<Pick<Run, 'commit' | 'subject' | 'isDirty'>> {
  return {
    commit: git('rev-parse', '--short', 'HEAD'),
    subject: subjectOf('HEAD'),
    isDirty: git('status', '--porcelain', '--', 'bench', 'server', 'packages', 'web', 'package-lock.json') !== '',
  };
}

/** A run that was kept, with what its commit says it does, where the repository still has it. */
export function withSubject(run: Run): Run {
  if (run.subject !== undefined) return run;
  try {
    return { ...run, subject: subjectOf(run.commit) };
  } catch {
    return run;
  }
}
