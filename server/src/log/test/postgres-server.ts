// A Postgres for tests. Each place has a schema of its own.

import pg from 'pg';
import { Service } from '../../../../bench/src/services/service.js';

export class PostgresServer {
  readonly url: string;
  readonly #service: Service;
  #places = 0;

  private constructor(service: Service) {
    this.url = service.url;
    this.#service = service;
  }

  /** @returns why there is none on this machine, or the server */
  static async start(): Promise<
    { readonly missing: string } | { readonly missing: null; readonly server: PostgresServer }
  > {
    const started = await Service.start('--no-sync');
    return started.missing === null ? { missing: null, server: new PostgresServer(started.service) } : started;
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
  ask(text: string, url = this.url): Promise<pg.QueryResult> {
    return this.use((client) => client.query(text), url);
  }

  /** Does something with a connection of its own. */
  async use<T>(action: (client: pg.Client) => Promise<T>, url = this.url): Promise<T> {
    const client = new pg.Client(url);
    // The query that was under way is refused; pg tells of it a second time.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await action(client);
    } finally {
      await client.end();
    }
  }

  /** Ends it as a loss of power would. */
  kill(): Promise<void> {
    return this.#service.kill();
  }

  /** Starts it again, where it was. */
  startAgain(): Promise<void> {
    return this.#service.startAgain();
  }

  stop(): Promise<void> {
    return this.#service.stop();
  }
}
