// What honest people send, by the hundred thousand: none of it may be refused, and nothing of it withheld.

import { checkUpdate, KnownState } from '@weft/server/gate';
import { writeAtRandom } from '../../random-peers.js';
import { updatesOf } from '../../replay/typing.js';
import { readTrace } from '../../trace.js';
import { type GateKind, type GateOutcome, MARK_EVERY, MAX_FAULTS } from './gate-kind.js';

const STEPS = { typical: 60, long: 600 };
const ONE_LONG_IN = 10;

export const honest: GateKind = {
  summary: 'what people and recordings write, through the gate: none may be refused; FILEs are editing traces',
  count: 100_000,
  run({ count, seed, files, onMark }) {
    const tally = new Tally(onMark);
    for (const file of files) {
      tally.begin(file);
      const known = new KnownState();
      for (const update of updatesOf(readTrace(file))) tally.check(update, known);
    }
    for (let world = seed; tally.updates < count && tally.faults.length < MAX_FAULTS; world += 1) {
      tally.begin(`seed ${world}`);
      const known = new KnownState();
      const steps = world % ONE_LONG_IN === 0 ? STEPS.long : STEPS.typical;
      writeAtRandom({ seed: world, steps, peers: 2 + (world % 4) }, (update, author) =>
        tally.check(update, known, (client) => client === author),
      );
    }
    return tally.outcome();
  },
};

class Tally {
  updates = 0;
  readonly faults: string[] = [];
  #known = 0;
  #world = '';
  #place = 0;
  readonly #onMark: (mark: string) => void;

  constructor(onMark: (mark: string) => void) {
    this.#onMark = onMark;
  }

  begin(world: string): void {
    this.#world = world;
    this.#place = 0;
  }

  /** @returns what the log takes of it */
  check(update: Uint8Array, known: KnownState, mayWriteAs = (_client: number): boolean => true): Uint8Array | null {
    this.updates += 1;
    this.#place += 1;
    if (this.updates % MARK_EVERY === 0) this.#onMark('.');
    const verdict = checkUpdate(update, known, { mayWriteAs });
    if (verdict.kind === 'known') this.#known += 1;
    else if (verdict.kind !== 'new') this.#fault(verdict.kind === 'malformed' ? verdict.reason : verdict.kind);
    else if (verdict.withheld) this.#fault('a part was withheld');
    if (verdict.kind !== 'new') return null;
    known.add(verdict.change);
    return verdict.update;
  }

  outcome(): GateOutcome {
    const { updates, faults } = this;
    return { figures: [`updates ${updates}`, `refused ${faults.length}`, `nothing new in ${this.#known}`], faults };
  }

  #fault(what: string): void {
    this.faults.push(`${this.#world}, update ${this.#place}: ${what}`);
  }
}
