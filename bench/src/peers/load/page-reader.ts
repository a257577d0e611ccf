// Somebody who is told of pages (pastes.ts): which have come, after how long, and what the text is then.

import type { BenchClient, RunningServer } from '../scenario.js';
import { readSpans } from './clock-spans.js';
import type { Histogram } from './histogram.js';
import { PAGE } from './pastes.js';
import { textOf } from './typing.js';

export interface PageReaderOptions {
  readonly document: string;
  /** By page, when it was sent. */
  readonly sentAtMs: readonly number[];
  /** null for one whose times do not count. */
  readonly latency: Histogram | null;
  /** Whether it keeps what it is told, to show the text. */
  readonly showsText: boolean;
}

export class PageReader {
  readonly client: BenchClient;
  readonly #options: PageReaderOptions;
  readonly #told: Uint8Array[];
  #pages = 0;
  #awaited: { readonly pages: number; readonly resolve: () => void; readonly reject: (error: Error) => void } | null =
    null;
  #failure: Error | null = null;

  static async join(server: RunningServer, options: PageReaderOptions): Promise<PageReader> {
    return new PageReader(await server.client(options.document), options);
  }

  private constructor(client: BenchClient, options: PageReaderOptions) {
    this.client = client;
    this.#options = options;
    this.#told = [...client.joined];
    client.onUpdate = (bytes, from, to) => this.#hear(bytes, from, to);
    client.onState = client.onUpdate;
    client.onClosed = (code, reason) => this.#fail(new Error(`A reader was disconnected with ${code}: ${reason}`));
  }

  /** Resolves when it has so many pages. @throws Error with a sentence when it does not within this time, or missed one */
  whenPages(pages: number, withinMs: number): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#pages >= pages) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = (): void =>
        this.#fail(new Error(`A reader had ${this.#pages} of ${pages} pages after ${withinMs} ms.`));
      const timer = setTimeout(late, withinMs);
      const settled = (): void => clearTimeout(timer);
      this.#awaited = {
        pages,
        resolve: () => {
          settled();
          resolve();
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
    });
  }

  text(): string {
    return textOf(this.#told);
  }

  #hear(bytes: Uint8Array, from: number, to: number): void {
    if (this.#options.showsText) this.#told.push(bytes.slice(from, to));
    const nowMs = performance.now();
    readSpans(bytes, from, to, {
      span: (_client, clock, length) => {
        const [first, end] = [clock / PAGE, (clock + length) / PAGE];
        if (first > this.#pages) return this.#fail(new Error(`A reader missed page ${this.#pages}.`));
        for (; this.#pages < end; this.#pages++) {
          this.#options.latency?.recordMs(nowMs - this.#options.sentAtMs[this.#pages]!);
        }
      },
    });
    if (this.#awaited !== null && this.#pages >= this.#awaited.pages) {
      this.#awaited.resolve();
      this.#awaited = null;
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#awaited?.reject(this.#failure);
    this.#awaited = null;
  }
}
