// A Redis of a test's own: alone, as one of a cluster, as a replica, or as a Sentinel.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface RedisProcess {
  readonly port: number;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
  /** Neither answers nor ends, until it goes on. */
  pause(): void;
  goOn(): void;
}

/**
 * @param lines of its configuration, each for itself
 * @param atEnd is given what ends it and removes its folder
 */
export async function startRedis(
  lines: readonly string[],
  atEnd: (end: () => Promise<void>) => void,
  mode: '--sentinel' | null = null,
): Promise<RedisProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'weft-redis-'));
  const port = await freePort();
  const file = path.join(folder, 'redis.conf');
  const always = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`];
  await writeFile(file, [...always, ...(mode === null ? ['save ""'] : []), ...lines, ''].join('\n'));
  const server = spawn('redis-server', [file, ...(mode === null ? [] : [mode])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  atEnd(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  await isReady(server);
  return { port, kill, pause: () => server.kill('SIGSTOP'), goOn: () => server.kill('SIGCONT') };
}

async function isReady(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stdout! }).on('line', (line) => {
      said.push(line);
      if (/ready to accept connections|Sentinel ID is/i.test(line)) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`Redis did not start:\n${said.join('\n')}`)));
  });
}

/** A port that nothing listens to, and whose cluster port, 10,000 above it, exists. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    if (port < 55_000) return port;
  }
}
