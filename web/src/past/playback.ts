// The life of a document while somebody looks at it: its entries are fetched one page after the other and given to a worker, which says
// what there was at any moment of it. From the first page on it can be played.

import { blockNames, inlineNames, type PlayedFrame, type WantedFrame } from '@weft/editor/playback';
import * as words from '@weft/words/past';
import { pathOf } from '../document/documents-api.js';
import { askBytes } from '../shell/api.js';
import type { PastOf, Somebody } from './past-api.js';
import type { FromPlayer, ToPlayer } from './play-messages.js';
import { Timeline } from './timeline.js';

export type PlaybackState =
  | { readonly kind: 'loading'; readonly share: number }
  | { readonly kind: 'ready' }
  /** The worker's script did not come. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly error: Error };

export class Playback {
  readonly timeline = new Timeline();
  readonly #past: PastOf;
  readonly #changed: () => void;
  readonly #worker: Worker;
  readonly #ended = new AbortController();
  readonly #names = new Map<string, Somebody>();
  #everybody: readonly string[] = [];
  #state: PlaybackState = { kind: 'loading', share: 0 };
  #epoch: number | null = null;
  /** Who waits for a frame; what was asked for later goes before. */
  #waiting: ((frame: PlayedFrame) => void) | null = null;
  #paged: (() => void) | null = null;
  #head = 0;

  /** @param changed  is called whenever more is known, or it failed */
  constructor(past: PastOf, changed: () => void) {
    this.#past = past;
    this.#changed = changed;
    this.#worker = new Worker(new URL('./play-worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromPlayer>) => this.#hear(data));
    // A script that has come says what is wrong with it.
    this.#worker.addEventListener('error', (event) => {
      this.#end(event instanceof ErrorEvent ? { kind: 'failed', error: new Error(words.broken) } : { kind: 'missing' });
    });
    this.#say({ kind: 'names', known: [...blockNames, ...inlineNames], inline: inlineNames });
    void this.#load();
  }

  get state(): PlaybackState {
    return this.#state;
  }

  /** Nothing more comes of it. */
  get isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Who did an entry. */
  authorOf(seq: number): Somebody {
    return this.somebody(this.timeline.authorOf(seq));
  }

  /** @param place  among all who wrote */
  somebody(place: number): Somebody {
    return this.named(this.#everybody[place] ?? '');
  }

  named(person: string): Somebody {
    return this.#names.get(person) ?? { person, name: null };
  }

  /** What there was at a moment. One at a time. */
  frame(wanted: WantedFrame): Promise<PlayedFrame> {
    this.#say({ kind: 'show', wanted });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** It cannot go on. */
  fail(error: Error): void {
    this.#end({ kind: 'failed', error });
  }

  close(): void {
    this.#ended.abort();
    this.#worker.terminate();
  }

  async #load(): Promise<void> {
    try {
      do {
        const bytes = await this.#fetch(this.timeline.last, this.#epoch);
        const isTaken = new Promise<void>((resolve) => {
          this.#paged = resolve;
        });
        this.#say({ kind: 'page', bytes }, [bytes.buffer]);
        await isTaken;
      } while (this.timeline.last < this.#head);
      this.#say({ kind: 'end' });
    } catch (error) {
      this.fail(error as Error);
    }
  }

  async #fetch(after: number, epoch: number | null): Promise<Uint8Array<ArrayBuffer>> {
    const query = `after=${after}${epoch === null ? '' : `&epoch=${epoch}`}`;
    const { document, link } = this.#past;
    return new Uint8Array(await askBytes(`/api/v1/entries/${pathOf(document)}?${query}`, this.#ended.signal, link));
  }

  #hear(said: FromPlayer): void {
    switch (said.kind) {
      case 'page': {
        for (const one of said.people) this.#names.set(one.person, one);
        this.#everybody = said.everybody;
        this.timeline.add(said.timesMs, said.authors, said.first);
        this.#epoch = said.epoch;
        // What is written from now on is not waited for.
        if (this.#head === 0) this.#head = said.head;
        this.#state = { kind: 'loading', share: this.#head === 0 ? 1 : said.last / this.#head };
        this.#paged?.();
        break;
      }
      case 'ready':
        this.#state = { kind: 'ready' };
        break;
      case 'frame':
        this.#waiting?.(said.frame);
        return;
      case 'fetch':
        void this.#fetchAgain(said.after);
        return;
      case 'trimmed':
        this.fail(new Error(words.trimmed));
        return;
      case 'failed':
        console.warn(said.reason);
        this.fail(new Error(words.broken));
        return;
    }
    this.#changed();
  }

  async #fetchAgain(after: number): Promise<void> {
    try {
      const bytes = await this.#fetch(after, this.#epoch);
      this.#say({ kind: 'again', after, bytes }, [bytes.buffer]);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #end(state: PlaybackState): void {
    if (this.isOver) return;
    this.close();
    this.#state = state;
    this.#changed();
  }

  #say(message: ToPlayer, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
