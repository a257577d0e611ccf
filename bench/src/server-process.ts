// A Weft server as it is shipped: the built command line as a child process, on a free port of the loopback.
// Whoever starts one ends it; what still runs when this process ends is killed with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built server; the same from `src` and from `dist`. */
export const serverMain = fileURLToPath(new URL('../../server/dist/weft.cjs', import.meta.url));

const READY_LINE = /^weft listening on (https?:\/\/\S+)$/m;
const READY_WITHIN_MS = 20_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnOptions {
  /** A program and its arguments that run the server, and become it: signals go to the server. */
  readonly under?: readonly string[];
  /** The script that starts the server; default: that of these sources. */
  readonly main?: string;
  /** Besides what is set already. */
  readonly env?: Readonly<Record<string, string>>;
}

export class ServerProcess {
  /** Resolves with `http://host:port` once the server says that it listens. */
  readonly ready: Promise<string>;
  readonly exited: Promise<Exit>;
  readonly startedAtMs = performance.now();
  /** From the start of the process to its ready line. */
  readyAfterMs = Number.NaN;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  /** @param args of the command line, after `weft` */
  constructor(args: readonly string[], { under = [], main = serverMain, env: more = {} }: SpawnOptions = {}) {
    const [command, ...rest] = [...under, process.execPath, main, ...args];
    // They come and go by the hundred: none watches the disk or keeps a ballast on it unless it is told to.
    const env = { WEFT_RESERVE_MIB: '0', ...process.env, ...more };
    const child = spawn(command!, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        process.off('exit', killWithUs);
        resolve({ code, signal });
      });
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ready = this.#whenReady(child);
    // A server that is killed while it starts is never ready; who does not ask need not hear of it.
    this.ready.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** What it complained of. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Asks it to end, as a supervisor does. */
  stop(): Promise<Exit> {
    this.#child.kill('SIGTERM');
    return this.exited;
  }

  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<Exit> {
    this.#child.kill('SIGKILL');
    return this.exited;
  }

  #whenReady(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        clearTimeout(timer);
        reject(new Error(`the server ${what}${this.#stderr === '' ? '' : `; it said:\n${this.#stderr}`}`));
      };
      const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        this.#stdout += text;
        const url = READY_LINE.exec(this.#stdout)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        this.readyAfterMs = performance.now() - this.startedAtMs;
        resolve(url);
      });
      this.exited.then(
        ({ code, signal }) => fail(`ended with ${signal ?? code} before it was ready`),
        (error: Error) => fail(`could not be started: ${error.message}`),
      );
    });
  }
}

/** A server on this data folder and a free port; resolves when it listens. */
export async function startServer(
  dataFolder: string,
  options: SpawnOptions = {},
): Promise<{ server: ServerProcess; url: string }> {
  const server = spawnServer(dataFolder, options);
  return { server, url: await server.ready };
}

/** The same, without waiting. */
export function spawnServer(dataFolder: string, options: SpawnOptions = {}): ServerProcess {
  return new ServerProcess(['serve', '--host', '127.0.0.1', '--port', '0', '--data', dataFolder], options);
}
