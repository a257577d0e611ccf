// The server under strace: what it asks of the disk is written down, and some of it can be answered otherwise than by
// the disk. Linux alone has it.

import { spawn, spawnSync } from 'node:child_process';

/** All by which the server, Node or LevelDB could change a file. */
const CHANGING =
  'openat,creat,write,writev,pwrite64,pwritev,pwritev2,sendfile,copy_file_range,fsync,fdatasync,sync_file_range,' +
  'ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlinkat,mkdir,mkdirat,rmdir';

/** Why there is no strace to be used here; null when there is. */
export function whyNoStrace(): string | null {
  const { error, status } = spawnSync('strace', ['-e', 'trace=none', 'true']);
  if (error) return 'there is no strace on this machine (apt-get install strace)';
  return status === 0 ? null : 'strace may not trace processes here';
}

/**
 * What runs a server with all its changes to files written to `file`.
 * @param syncs what is done to its syncs, as strace writes it: `retval=0` answers each with success and does none
 */
export function traceFiles(file: string, syncs: string | null): string[] {
  return [
    // -D: strace is the grandchild, so that signals reach the server.
    ...['strace', '-D', '-f', '-q', '-y', '-ttt', '-T', '-s', '0', '--seccomp-bpf', '-o', file],
    ...['-e', `trace=${CHANGING}`],
    ...(syncs === null ? [] : ['-e', `inject=fdatasync,fsync:${syncs}`]),
  ];
}

const injecting = (how: string, file: string): string[] => [
  ...['strace', '-f', '-q', '--seccomp-bpf', '-o', file],
  ...['-e', 'trace=fdatasync,fsync', '-e', `inject=fdatasync,fsync:${how}`],
];

/**
 * What runs a server whose syncs are treated so, as strace writes it: `error=EIO:when=40`, `delay_exit=500000`.
 * @param file gets a line for each sync
 */
export function injectIntoSyncs(how: string, file = '/dev/null'): string[] {
  const [strace, ...rest] = injecting(how, file);
  return [strace!, '-D', ...rest];
}

/** Lets every sync of a running server fail with EIO for some time. Resolves when they do no longer. */
export async function failSyncsFor(pid: number, ms: number, file: string): Promise<void> {
  const [strace, ...rest] = injecting('error=EIO', file).filter((argument) => argument !== '--seccomp-bpf');
  const child = spawn(strace!, [...rest, '-p', `${pid}`], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const timer = setTimeout(() => child.kill('SIGINT'), ms);
  await ended;
  clearTimeout(timer);
}

/** How many calls strace answered itself, from the file it wrote. */
export const injectedIn = (trace: string): number => trace.match(/\(INJECTED\)/g)?.length ?? 0;
