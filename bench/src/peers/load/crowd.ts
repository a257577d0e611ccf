// The people of a round: they join, some of them type what was prepared, and everything each is told is held against it. In the
// end a sample of them shows the text they have.

import type { BenchClient, RunningServer } from '../scenario.js';
import { Deliveries, NOBODY } from './deliveries.js';
import { inWaves } from './in-waves.js';
import { FIRST_CLIENT_ID, prepareTyping, textOf } from './typing.js';

const DELIVERED_WITHIN_MS = 30_000;
/** Of a large crowd so many keep what they are told; of a small one all. */
const LARGE_CROWD_SAMPLE = 3;

export interface CrowdSize {
  readonly documents: number;
  /** In each document. */
  readonly writers: number;
  readonly readers: number;
  /** That are prepared for each writer. */
  readonly letters: number;
  /** Whether all keep what they are told, to show their text. */
  readonly isSmall: boolean;
}

interface Person {
  readonly client: BenchClient;
  readonly document: number;
  /** Everything it was told, when it is to show its text. */
  readonly kept: Uint8Array[] | null;
}

/** Where people come in. */
export type Door = Pick<RunningServer, 'client'>;

export class Crowd {
  readonly deliveries: Deliveries;
  /** Typed by all. */
  typed = 0;
  readonly #size: CrowdSize;
  readonly #people: Person[] = [];
  readonly #prepared: readonly (readonly Uint8Array[])[];
  readonly #typedBy: Int32Array;
  #failure: Error | null = null;
  #onChange: () => void = () => {};

  static async join(server: Door, size: CrowdSize): Promise<Crowd> {
    const crowd = new Crowd(size);
    try {
      await inWaves(size.documents * (size.writers + size.readers), (seat) => crowd.#seat(server, seat));
      return crowd;
    } catch (error) {
      crowd.end();
      throw error;
    }
  }

  private constructor(size: CrowdSize) {
    this.#size = size;
    const writers = size.documents * size.writers;
    this.#prepared = Array.from({ length: writers }, (_, writer) => prepareTyping(writer, size.letters));
    this.#typedBy = new Int32Array(writers);
    const seats = size.documents * (size.writers + size.readers);
    const authors = Array.from({ length: seats }, (_, seat) => this.#writerAt(seat));
    this.deliveries = new Deliveries(authors, writers, size.letters);
    this.deliveries.onProgress = () => this.#onChange();
  }

  get writers(): number {
    return this.#typedBy.length;
  }

  /** The next letter of this writer. @throws Error with a sentence when the round has failed meanwhile */
  type(writer: number): void {
    if (this.#failure !== null) throw this.#failure;
    const clock = this.#typedBy[writer]!++;
    this.deliveries.sent(writer, clock, performance.now());
    this.typed += 1;
    this.clientOf(writer).update(this.#prepared[writer]![clock]!);
  }

  clientOf(writer: number): BenchClient {
    const { writers, readers } = this.#size;
    const document = Math.floor(writer / writers);
    return this.#people[document * (writers + readers) + (writer % writers)]!.client;
  }

  /** What is owed to all for what was typed so far. */
  get owed(): number {
    return this.typed * (this.#size.writers + this.#size.readers - 1);
  }

  /** Resolves when everybody has every letter. @throws Error with a sentence when that takes too long or something is wrong */
  whenDelivered(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#failure ??= new Error(
          `${this.owed - this.deliveries.count} of ${this.owed} deliveries were missing after ${DELIVERED_WITHIN_MS} ms.`,
        );
        this.#onChange();
      };
      const timer = setTimeout(late, DELIVERED_WITHIN_MS);
      this.#onChange = () => {
        if (this.#failure === null && this.deliveries.count < this.owed) return;
        this.#onChange = () => {};
        clearTimeout(timer);
        if (this.#failure !== null) reject(this.#failure);
        else resolve();
      };
      this.#onChange();
    });
  }

  /** @throws Error with a sentence when the text of somebody who kept what it was told is not what was typed */
  checkTexts(): void {
    const expected = new Map<number, string>();
    for (const [seat, { document, kept }] of this.#people.entries()) {
      if (kept === null) continue;
      if (!expected.has(document)) expected.set(document, textOf(this.#typedIn(document)));
      // Its own letters it has, whether it was told them or not.
      const writer = this.#writerAt(seat);
      const own = writer === NOBODY ? [] : this.#prepared[writer]!.slice(0, this.#typedBy[writer]);
      if (textOf([...own, ...kept]) !== expected.get(document)) {
        throw new Error(`Receiver ${seat} has another text than was typed.`);
      }
    }
  }

  end(): void {
    for (const person of this.#people) person?.client.end();
  }

  async #seat(server: Door, seat: number): Promise<void> {
    const { documents, writers, readers, isSmall } = this.#size;
    const document = Math.floor(seat / (writers + readers));
    const clientId = FIRST_CLIENT_ID + (this.#writerAt(seat) === NOBODY ? 1_000_000 + seat : this.#writerAt(seat));
    const client = await server.client(`document-${document}`, { clientId });
    const seats = documents * (writers + readers);
    const isSampled = isSmall || seat % Math.ceil(seats / LARGE_CROWD_SAMPLE) === 1;
    const kept = isSampled ? [...client.joined] : null;
    const hear = (bytes: Uint8Array, from: number, to: number, isState: boolean): void => {
      this.deliveries.receive(seat, bytes, from, to, isState);
      kept?.push(bytes.slice(from, to));
    };
    client.onUpdate = (bytes, from, to) => hear(bytes, from, to, false);
    client.onState = (bytes, from, to) => hear(bytes, from, to, true);
    client.onClosed = (code, reason) => {
      this.#failure ??= new Error(`A client was disconnected with ${code}: ${reason}`);
      this.#onChange();
    };
    this.#people[seat] = { client, document, kept };
  }

  /** In each document those who write sit first. */
  #writerAt(seat: number): number {
    const { writers, readers } = this.#size;
    const place = seat % (writers + readers);
    return place < writers ? Math.floor(seat / (writers + readers)) * writers + place : NOBODY;
  }

  #typedIn(document: number): Uint8Array[] {
    const { writers } = this.#size;
    const all = this.#prepared.slice(document * writers, (document + 1) * writers);
    return all.flatMap((updates, index) => updates.slice(0, this.#typedBy[document * writers + index]));
  }
}
