// A server of the bench as a process of its own, alone on its core. Whoever starts it closes it; it goes with this process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { HocuspocusClient } from './clients/hocuspocus-client.js';
import { WeftClient } from './clients/weft-client.js';
import { YjsClient } from './clients/yjs-client.js';
import { FIRST_CLIENT_ID } from './load/typing.js';
import { cpuMsOf, memoryBytesOf, SERVER_CORE } from './proc.js';
import type { BenchClient, ClientOptions, RunningServer, ServerName, Wire } from './scenario.js';
import type { ServerKind } from './servers.js';

const READY_LINE = /listening on|running at/;
const READY_WITHIN_MS = 20_000;
const ADDRESSES = 200;
/** Of clients that do not say who they are. */
const ANONYMOUS_CLIENT_ID = FIRST_CLIENT_ID + 10_000_000;

export class LaunchedServer implements RunningServer {
  readonly name: ServerName;
  readonly wire: Wire;
  readonly dataFolder: string;
  port = 0;
  readonly #kind: ServerKind;
  readonly #profileFolder: string | null;
  #child: ChildProcess | null = null;
  #stderr = '';
  #clients = 0;
  readonly #killWithUs = (): void => void this.#child?.kill('SIGKILL');

  /** @param profileFolder where it writes a CPU profile of each thread when it ends; null for none */
  static async start(
    name: ServerName,
    kind: ServerKind,
    dataFolder: string,
    profileFolder: string | null = null,
  ): Promise<LaunchedServer> {
    const server = new LaunchedServer(name, kind, dataFolder, profileFolder);
    await server.#start();
    return server;
  }

  private constructor(name: ServerName, kind: ServerKind, dataFolder: string, profileFolder: string | null) {
    this.name = name;
    this.wire = kind.wire;
    this.#kind = kind;
    this.dataFolder = dataFolder;
    this.#profileFolder = profileFolder;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** What it complained of. */
  get stderr(): string {
    return this.#stderr;
  }

  async client(document: string, { localAddress, clientId, held = null }: ClientOptions = {}): Promise<BenchClient> {
    const number = this.#clients++;
    const target = {
      port: this.port,
      path: this.#kind.path(document),
      localAddress: localAddress ?? `127.0.1.${1 + (number % ADDRESSES)}`,
    };
    const id = clientId ?? ANONYMOUS_CLIENT_ID + number;
    switch (this.wire) {
      case 'weft':
        return WeftClient.open(target, document, id, held);
      case 'yjs': {
        const client = new YjsClient();
        await client.open(target, id, held);
        return client;
      }
      case 'hocuspocus': {
        const client = new HocuspocusClient(document);
        await client.open(target, id, held);
        return client;
      }
      case 'relay': {
        const client = new YjsClient();
        await client.connect(target);
        return client;
      }
    }
  }

  cpuMs(): number {
    return cpuMsOf(this.pid);
  }

  upkeepCpuMs(): number | null {
    return this.name === 'weft' || this.name === 'weft-yjs' ? cpuMsOf(this.pid, 'weft-upkeep') : null;
  }

  rssBytes(): number {
    return memoryBytesOf(this.pid);
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM');
    await this.#start();
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    await this.#start();
  }

  close(): Promise<void> {
    // A profile is written by a process that ends by itself.
    return this.#end(this.#profileFolder === null ? 'SIGKILL' : 'SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    process.off('exit', this.#killWithUs);
  }

  async #start(): Promise<void> {
    // After the first time it is where its clients knew it.
    if (this.port === 0) this.port = await freePort();
    const { args, env } = this.#kind.command(this.dataFolder, this.port);
    const profiling = this.#profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${this.#profileFolder}`];
    // taskset becomes what it starts: signals and /proc are the server's.
    const child = spawn('taskset', ['-c', String(SERVER_CORE), process.execPath, ...profiling, ...args], {
      cwd: this.dataFolder,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    process.once('exit', this.#killWithUs);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    await new Promise<void>((resolve, reject) => {
      let stdout = '';
      const fail = (what: string): void => {
        clearTimeout(timer);
        reject(new Error(`${this.name} ${what}${this.#stderr === '' ? '' : `; it said:\n${this.#stderr}`}`));
      };
      const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
      child.once('error', (error) => fail(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => fail(`ended with ${signal ?? code} before it was ready`));
      child.stdout!.setEncoding('utf8').on('data', function read(text: string) {
        stdout += text;
        if (!READY_LINE.test(stdout)) return;
        clearTimeout(timer);
        // What it says from here on is read, and thrown away.
        child.stdout!.off('data', read).resume();
        resolve();
      });
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
