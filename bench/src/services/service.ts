// A Postgres or Redis for tests, started by scripts/services.mjs and ended with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/services.mjs', import.meta.url));

export class Service {
  readonly url: string;
  readonly #script: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(url: string, script: ChildProcess, lines: AsyncIterator<string>) {
    this.url = url;
    this.#script = script;
    this.#lines = lines;
  }

  /**
   * @param flag default: a Postgres that waits for the disk
   * @returns why there is none on this machine, or the service
   */
  static async start(
    flag?: '--no-sync' | '--redis',
  ): Promise<{ readonly missing: string } | { readonly missing: null; readonly service: Service }> {
    const script = spawn(process.execPath, flag === undefined ? [SCRIPT] : [SCRIPT, flag], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: script.stdout! })[Symbol.asyncIterator]();
    const [, word, rest = ''] = /^(\w+) (.*)$/.exec((await lines.next()).value ?? '') ?? [];
    if (word === 'missing') return { missing: rest };
    if (word !== undefined) return { missing: null, service: new Service(rest, script, lines) };
    throw new Error(`A service for tests could not be started: ${flag ?? 'a Postgres'}`);
  }

  /** Of the script, whose child it is. */
  get pid(): number {
    return this.#script.pid!;
  }

  /** Ends it as a loss of power would. */
  async kill(): Promise<void> {
    this.#script.stdin!.write('kill\n');
    await this.#lines.next();
  }

  /** Starts it again, where it was. */
  async startAgain(): Promise<void> {
    this.#script.stdin!.write('start\n');
    await this.#lines.next();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#script.once('exit', resolve));
    this.#script.stdin!.end();
    await ended;
  }
}
