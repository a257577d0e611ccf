// The built server as its users run it: a child process on a data folder of its own. It can be killed as by a power cut
// and started again where it was, so that open pages find it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));

export class WeftServer {
  readonly #dataFolder: string;
  /** Where it was started first: where pages look for it. */
  #homePort = 0;
  #port = 0;
  #process: ChildProcess | null = null;
  #complaints = '';

  private constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  static async start(): Promise<WeftServer> {
    const server = new WeftServer(await mkdtemp(path.join(tmpdir(), 'weft-browser-')));
    await server.restart();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything it wrote to stderr. */
  get complaints(): string {
    return this.#complaints;
  }

  /** Starts it again on the same data: where it was, or elsewhere, out of the reach of the pages that know it. */
  async restart(where: 'home' | 'elsewhere' = 'home'): Promise<void> {
    const port = String(where === 'home' ? this.#homePort : 0);
    const child = spawn(process.execPath, [MAIN, 'serve', '--port', port, '--data', this.#dataFolder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    this.#port = await this.#readPort(child);
    if (this.#homePort === 0) this.#homePort = this.#port;
  }

  /** Ends it without a word, as a power cut would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#dataFolder, { recursive: true, force: true });
  }

  async #readPort(child: ChildProcess): Promise<number> {
    for await (const line of createInterface({ input: child.stdout! })) {
      const port = /^weft listening on http:\S+:(\d+)$/.exec(line)?.[1];
      if (port !== undefined) return Number(port);
    }
    throw new Error(`The server did not start: ${this.#complaints}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
