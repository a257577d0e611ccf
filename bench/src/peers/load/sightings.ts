// The ledger of presence: who has seen which state of whom, and how long after it was sent. A state counts as seen when it or a
// newer one is: those in between may be left out.

import { ByteCursor } from '../byte-cursor.js';
import { Histogram } from './histogram.js';
import { FIRST_CLIENT_ID } from './typing.js';

/** How a state begins whose number is known: `{"n":`. Servers that rewrite states leave its members in order. */
const NUMBERED = [...Buffer.from('{"n":')];

const cursor = new ByteCursor();

/** Where somebody is, as an editor says it: as long as those of y-prosemirror. @param number from 1 */
export function presenceState(person: number, number: number): string {
  const place = {
    type: null,
    tname: 'prosemirror',
    item: { client: FIRST_CLIENT_ID + person, clock: number },
    assoc: 0,
  };
  const user = { name: `Person ${person}`, color: '#30bced' };
  return JSON.stringify({ n: number, user, cursor: { anchor: place, head: place } });
}

export class Sightings {
  readonly latency = new Histogram();
  /** Sent by all. */
  moves = 0;
  readonly #people: number;
  readonly #statesEach: number;
  /** By person: the number of the newest. */
  readonly #sent: Int32Array;
  /** By person and number. */
  readonly #sentAtMs: Float64Array;
  /** By receiver and person: the number of the newest seen. */
  readonly #seen: Int32Array;

  constructor(people: number, statesEach: number) {
    this.#people = people;
    this.#statesEach = statesEach;
    this.#sent = new Int32Array(people);
    this.#sentAtMs = new Float64Array(people * (statesEach + 1));
    this.#seen = new Int32Array(people * people);
  }

  /** @returns the number of the state that this person sends now */
  sends(person: number): number {
    const number = ++this.#sent[person]!;
    this.moves += 1;
    this.#sentAtMs[person * (this.#statesEach + 1) + number] = performance.now();
    return number;
  }

  /** Bytes `from` up to `to` are an awareness update. @throws Error with a sentence when it shows an older state after a newer one */
  receive(receiver: number, bytes: Uint8Array, from: number, to: number): void {
    const nowMs = performance.now();
    cursor.set(bytes, from, to);
    for (let entries = cursor.uint(); entries > 0; entries--) {
      const person = cursor.uint() - FIRST_CLIENT_ID;
      cursor.uint();
      const start = cursor.run();
      const number = numberIn(bytes, start, cursor.at);
      if (number === 0 || person === receiver) continue;
      if (!(person >= 0 && person < this.#people)) throw new Error(`Receiver ${receiver} was shown a stranger.`);
      this.#see(receiver, person, number, nowMs);
    }
  }

  /** How many times somebody has not seen the newest state of somebody. */
  countUnseen(): number {
    let unseen = 0;
    this.#forEachPair((sent, seen) => {
      if (seen < sent) unseen += 1;
    });
    return unseen;
  }

  /** States nobody has seen yet are as old as they are now, and count: else who is late would look quick. */
  countLate(): void {
    const nowMs = performance.now();
    this.#forEachPair((sent, seen, person) => this.#record(person, seen + 1, sent, nowMs));
  }

  #see(receiver: number, person: number, number: number, nowMs: number): void {
    const place = receiver * this.#people + person;
    const seen = this.#seen[place]!;
    if (number < seen) throw new Error(`Receiver ${receiver} was shown state ${number} of ${person} after ${seen}.`);
    this.#seen[place] = number;
    this.#record(person, seen + 1, number, nowMs);
  }

  #record(person: number, first: number, last: number, nowMs: number): void {
    const start = person * (this.#statesEach + 1);
    for (let number = first; number <= last; number++) this.latency.recordMs(nowMs - this.#sentAtMs[start + number]!);
  }

  #forEachPair(visit: (sent: number, seen: number, person: number) => void): void {
    for (let receiver = 0; receiver < this.#people; receiver++) {
      for (let person = 0; person < this.#people; person++) {
        if (person !== receiver) visit(this.#sent[person]!, this.#seen[receiver * this.#people + person]!, person);
      }
    }
  }
}

/** @returns 0 for a state without a number, as everybody's first */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  if (to - from <= NUMBERED.length || NUMBERED.some((byte, index) => bytes[from + index] !== byte)) return 0;
  let number = 0;
  for (let at = from + NUMBERED.length; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    number = number * 10 + digit;
  }
  return number;
}
