// A Postgres for tests, started by scripts/services.mjs and ended with it. Each place has a schema of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/services.mjs', import.meta.url));

export class PostgresServer {
  readonly url: string;
  readonly #script: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #places = 0;

  private constructor(url: string, script: ChildProcess, lines: AsyncIterator<string>) {
    this.url = url;
    this.#script = script;
    this.#lines = lines;
  }

  /** @returns why there is none on this machine, or the server */
  static async start(): Promise<
    { readonly missing: string } | { readonly missing: null; readonly server: PostgresServer }
  > {
    const script = spawn(process.execPath, [SCRIPT, '--no-sync'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: script.stdout! })[Symbol.asyncIterator]();
    const [, word, rest = ''] = /^(\w+) (.*)$/.exec((await lines.next()).value ?? '') ?? [];
    if (word === 'postgres') return { missing: null, server: new PostgresServer(rest, script, lines) };
    if (word === 'missing') return { missing: rest };
    throw new Error('Postgres could not be started for tests');
  }

  /** The address of a schema that nobody else has. */
  async newPlace(): Promise<string> {
    this.#places += 1;
    const schema = `place_${this.#places}`;
    await this.ask(`create schema ${schema}`);
    return `${this.url}?options=-csearch_path%3D${schema}`;
  }

  async removePlace(url: string): Promise<void> {
    await this.ask(`drop schema ${/place_\d+$/.exec(url)![0]} cascade`);
  }

  /** Runs a statement by itself. */
  async ask(text: string, url = this.url): Promise<pg.QueryResult> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
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
