// Stock clients that were denied the right to write, and come back with what they were denied for: each time they are sent
// the document and told the same. Whoever does that too often is turned away for a while (G4).

/** So often within WINDOW_MS in one document: then they have to wait. */
const MAX_PER_PERSON = 5;
/** A school may share an address, and after a document was replaced each of its pages is told so once. */
const MAX_PER_ADDRESS = 50;
const WINDOW_MS = 60_000;
const PAUSE_MS = 60_000;
/** Whoever is remembered longest is forgotten first, and may then come in a few times more. */
const MAX_REMEMBERED = 10_000;

export interface Comer {
  /** '' when nobody is known; then the address counts. */
  readonly person: string;
  /** '' when it is not known. */
  readonly address: string;
  readonly document: string;
}

interface Denied {
  times: number;
  /** When the first of these times was; once they are too many, the last. */
  sinceMs: number;
}

const keyOf = ({ person, address, document }: Comer): string =>
  person === '' ? `address ${address}\0${document}` : `person ${person}\0${document}`;
const isAnybody = ({ person, address }: Comer): boolean => person === '' && address === '';
const limitOf = ({ person }: Comer): number => (person === '' ? MAX_PER_ADDRESS : MAX_PER_PERSON);

export class Denials {
  readonly #denied = new Map<string, Denied>();

  note(who: Comer, nowMs: number): void {
    if (isAnybody(who)) return;
    const key = keyOf(who);
    const denied = this.#denied.get(key);
    if (denied === undefined || nowMs - denied.sinceMs > WINDOW_MS) {
      this.#denied.delete(key);
      this.#denied.set(key, { times: 1, sinceMs: nowMs });
      if (this.#denied.size > MAX_REMEMBERED) this.#denied.delete(this.#denied.keys().next().value!);
      return;
    }
    denied.times += 1;
    if (denied.times >= limitOf(who)) denied.sinceMs = nowMs;
  }

  /** Whether they were denied too often to be let in now. */
  turnsAway(who: Comer, nowMs: number): boolean {
    const denied = this.#denied.get(keyOf(who));
    return denied !== undefined && denied.times >= limitOf(who) && nowMs - denied.sinceMs < PAUSE_MS;
  }
}
