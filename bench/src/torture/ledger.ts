// What was written into one document and what was promised about it. Every change adds a token, a name nobody uses twice,
// and may take an older one away; a text is right when every promise about its tokens is kept, and nothing else is in it.

export interface Change {
  readonly adds: string;
  /** An older token that goes in the same transaction. */
  readonly removes: string | null;
}

/** What a text breaks; all empty and 0 when it is right. */
export interface Faults {
  /** Tokens that were acknowledged, or that others had seen, and are missing. */
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  /** Tokens that are there although their removal was acknowledged. */
  readonly returned: readonly string[];
  /** UTF-16 units that are no part of a token anybody wrote. */
  readonly strayUnits: number;
}

/** Who was told that a token is there, and when. */
export interface Promised {
  readonly to: 'its author' | 'others';
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
}

/** Moments on the clock of `performance.now()`, endless for what has not happened. */
interface Mark {
  readonly writtenAtMs: number;
  promised: Promised | null;
  removalWrittenAtMs: number;
  removalPromisedAtMs: number;
}

const never = Number.POSITIVE_INFINITY;
const TOKEN = /<([a-z]\d+\.\d+)(?:\|[\w-]*)?>/g;

/** @param filler letters, digits, `-` and `_` that make the token long */
export function tokenText(name: string, filler = ''): string {
  return filler === '' ? `<${name}>` : `<${name}|${filler}>`;
}

/** The names of the tokens in a text, in order. */
export function tokensIn(text: string): string[] {
  return Array.from(text.matchAll(TOKEN), (match) => match[1]!);
}

export class Ledger {
  readonly #marks = new Map<string, Mark>();
  #acknowledged = 0;
  /** Milliseconds from each acknowledged change to its acknowledgement, in the order of these. */
  readonly savedAfterMs: number[] = [];

  /** Changes that were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Changes that were written. */
  get written(): number {
    return this.#marks.size;
  }

  wrote({ adds, removes }: Change): void {
    this.#marks.set(adds, {
      writtenAtMs: performance.now(),
      promised: null,
      removalWrittenAtMs: never,
      removalPromisedAtMs: never,
    });
    const removed = removes === null ? undefined : this.#marks.get(removes);
    if (removed) removed.removalWrittenAtMs = performance.now();
  }

  /** Its author was told that it is on disk. */
  acknowledge({ adds, removes }: Change): void {
    this.#acknowledged += 1;
    const mark = this.#marks.get(adds)!;
    const atMs = performance.now();
    this.savedAfterMs.push(atMs - mark.writtenAtMs);
    mark.promised ??= { to: 'its author', atMs };
    const removed = removes === null ? undefined : this.#marks.get(removes);
    if (removed) removed.removalPromisedAtMs = performance.now();
  }

  /** Somebody other than its author was shown it: that is as good as a promise (I2). */
  seen(token: string): void {
    const mark = this.#marks.get(token);
    if (mark) mark.promised ??= { to: 'others', atMs: performance.now() };
  }

  /** The first promise about a token. */
  promised(token: string): Promised | null {
    return this.#marks.get(token)?.promised ?? null;
  }

  /** @param atMs promises made later do not count: for a text as it was then, by default now */
  check(text: string, atMs = performance.now()): Faults {
    const counts = new Map<string, number>();
    let units = 0;
    for (const match of text.matchAll(TOKEN)) {
      const name = match[1]!;
      if (!this.#marks.has(name)) continue;
      units += match[0].length;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const lost: string[] = [];
    const returned: string[] = [];
    for (const [name, { promised, removalWrittenAtMs, removalPromisedAtMs }] of this.#marks) {
      const isThere = counts.has(name);
      if (promised && promised.atMs <= atMs && removalWrittenAtMs > atMs && !isThere) lost.push(name);
      if (removalPromisedAtMs <= atMs && isThere) returned.push(name);
    }
    const duplicated = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
    return { lost, duplicated, returned, strayUnits: text.length - units };
  }
}
