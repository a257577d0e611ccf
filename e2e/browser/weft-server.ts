// The built server as its users run it, on a data folder of its own. It can be killed as by a power cut and started again
// where it was, so that open pages find it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DocumentLog } from '@weft/server/log';
import { openLog } from '../../bench/src/measure/open-store.js';
import { ServerProcess } from '../../bench/src/server-process.js';
import { fillDisk, freeDisk } from '../disk-limit.js';

export class WeftServer {
  readonly #dataFolder: string;
  /** Where it was started first: where pages look for it. */
  #homePort = 0;
  #port = 0;
  /** Every process so far; the last one may be running. */
  readonly #processes: ServerProcess[] = [];

  readonly #config: readonly string[];

  private constructor(dataFolder: string, config: readonly string[]) {
    this.#dataFolder = dataFolder;
    this.#config = config;
  }

  /**
   * @param config  what is in its configuration file; null for none
   * @param port    one that is known before, as `publicUrl` says it; 0 for any
   */
  static async start(config: object | null = null, port = 0): Promise<WeftServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'weft-browser-'));
    const file = path.join(folder, 'weft.json');
    if (config !== null) await writeFile(file, JSON.stringify(config));
    const server = new WeftServer(folder, config === null ? [] : ['--config', file]);
    server.#homePort = port;
    await server.restart();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Lines on stderr that belong to the story. */
  readonly expected: RegExp[] = [];

  /** From now on the disk has no room for it. */
  fillDisk(): Promise<void> {
    return fillDisk({ pid: this.#processes.at(-1)!.pid, dataFolder: this.#dataFolder });
  }

  /** Somebody has made room. */
  freeDisk(): Promise<void> {
    return freeDisk({ pid: this.#processes.at(-1)!.pid, dataFolder: this.#dataFolder });
  }

  /** Everything it wrote to stderr and was not expected to. */
  get complaints(): string {
    const lines = this.#processes.flatMap((process) => process.stderr.split(/(?<=\n)/));
    return lines.filter((line) => !this.expected.some((pattern) => pattern.test(line))).join('');
  }

  /** Starts it again on the same data: where it was, or elsewhere, out of the reach of the pages that know it. */
  async restart(where: 'home' | 'elsewhere' = 'home'): Promise<void> {
    const port = String(where === 'home' ? this.#homePort : 0);
    const process = new ServerProcess(['serve', '--port', port, '--data', this.#dataFolder, ...this.#config]);
    this.#processes.push(process);
    this.#port = Number(new URL(await process.ready).port);
    if (this.#homePort === 0) this.#homePort = this.#port;
  }

  /** Stops it, has somebody write into its log, and starts it again where it was. */
  async whileStopped(write: (log: DocumentLog) => Promise<void>): Promise<void> {
    await this.stop();
    const log = await openLog(this.#dataFolder);
    try {
      await write(log);
    } finally {
      await log.close();
    }
    await this.restart();
  }

  /** Ends it without a word, as a power cut would. */
  async kill(): Promise<void> {
    await this.#processes.at(-1)?.kill();
  }

  async stop(): Promise<void> {
    await this.#processes.at(-1)?.stop();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#dataFolder, { recursive: true, force: true });
  }
}
