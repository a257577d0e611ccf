// A clock that moves only when the run says so. While it is installed the global timers and dates are its own, so that
// production code runs on it unchanged. After each timer all promises are let finish: between two timers nothing is
// under way. Timers belong to a process; killing it forgets them, as the end of a real process would.

import './date-now.js';
import { getUnixTime } from 'lib0/time';
import type { Chance } from './chance.js';
import { replaceNow } from './date-now.js';

/** A process of the simulated world: the server, or one peer. */
export type ProcessName = string;

interface Timer {
  readonly id: number;
  readonly owner: ProcessName;
  dueMs: number;
  /** For intervals. */
  readonly periodMs: number | null;
  readonly callback: () => void;
}

const RealDate = Date;
const realSetImmediate = setImmediate;
let installed: VirtualClock | null = null;

/** The names in globalThis that are replaced. */
const NAMES = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
] as const;

/** What Node's timers return, as far as anybody asks. */
class Handle {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** What was to be done will never be: its process was killed. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

export class VirtualClock {
  #nowMs: number;
  readonly #startMs: number;
  readonly #chance: Chance;
  /** Soonest first; of equal ones the oldest first. */
  #timers: Timer[] = [];
  #lastId = 0;
  readonly #dead = new Set<ProcessName>();
  /** What is due to processes that stand still, in the order it became due. */
  readonly #asleep = new Map<ProcessName, Timer[]>();
  #owner: ProcessName = 'world';
  #before: Partial<Record<(typeof NAMES)[number], unknown>> = {};

  constructor(chance: Chance, startMs = Date.UTC(2026, 0, 1)) {
    this.#chance = chance;
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get elapsedMs(): number {
    return this.#nowMs - this.#startMs;
  }

  /** The process that is running now: what it schedules belongs to it. */
  get owner(): ProcessName {
    return this.#owner;
  }

  /** Timers alive, of everybody or of one process. */
  pending(owner?: ProcessName): number {
    const all = [...this.#timers, ...[...this.#asleep.values()].flat()];
    return owner === undefined ? all.length : all.filter((timer) => timer.owner === owner).length;
  }

  /** Of whom timers are alive. */
  owners(): readonly ProcessName[] {
    return this.#timers.map((timer) => timer.owner);
  }

  install(): void {
    if (installed) throw new Error('a virtual clock is installed already');
    installed = this;
    replaceNow(() => this.#nowMs);
    const clock = this;
    const global = globalThis as unknown as Record<string, unknown>;
    for (const name of NAMES) this.#before[name] = global[name];
    const start = (callback: (...args: unknown[]) => void, delayMs: unknown, args: unknown[], repeats: boolean) => {
      // As Node: no timer comes sooner than in a millisecond, parts of one are cut off.
      const ms = Math.max(1, Math.trunc(Number(delayMs) || 0));
      return new Handle(this.#add(this.#owner, ms, repeats ? ms : null, () => callback(...args)));
    };
    const stop = (handle: unknown) => {
      if (handle instanceof Handle) this.cancel(handle.id);
    };
    Object.assign(global, {
      setTimeout: (callback: () => void, delayMs?: number, ...args: unknown[]) => start(callback, delayMs, args, false),
      setInterval: (callback: () => void, delayMs?: number, ...args: unknown[]) => start(callback, delayMs, args, true),
      setImmediate: (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
        new Handle(this.#add(this.#owner, 0, null, () => callback(...args))),
      clearTimeout: stop,
      clearInterval: stop,
      clearImmediate: stop,
      Date: class extends RealDate {
        constructor(...args: [] | [number | string]) {
          if (args.length === 0) super(clock.nowMs);
          else super(...args);
        }
      },
    });
    if (getUnixTime() !== this.#nowMs) throw new Error('date-now.ts has to be imported before lib0');
    Object.defineProperty(performance, 'now', { value: () => clock.elapsedMs, configurable: true });
  }

  uninstall(): void {
    if (installed !== this) return;
    installed = null;
    replaceNow(null);
    Object.assign(globalThis, this.#before);
    this.#before = {};
    Reflect.deleteProperty(performance, 'now');
  }

  /** For the world itself (network, disk): `callback` runs as `owner`. @returns an id for `cancel` */
  schedule(owner: ProcessName, delayMs: number, callback: () => void): number {
    return this.#add(owner, delayMs, null, callback);
  }

  cancel(id: number): void {
    for (const timers of [this.#timers, ...this.#asleep.values()]) {
      const index = timers.findIndex((timer) => timer.id === id);
      if (index >= 0) timers.splice(index, 1);
    }
  }

  /** The process stands still, as on a laptop that is closed: what becomes due waits until `wake`. */
  sleep(owner: ProcessName): void {
    if (!this.#asleep.has(owner)) this.#asleep.set(owner, []);
  }

  isAsleep(owner: ProcessName): boolean {
    return this.#asleep.has(owner);
  }

  wake(owner: ProcessName): void {
    const due = this.#asleep.get(owner) ?? [];
    this.#asleep.delete(owner);
    for (const timer of due) {
      timer.dueMs = this.#nowMs;
      this.#insert(timer);
    }
  }

  /** The process ends here and now: nothing of it runs again. What is left of its turn goes on without effect. */
  kill(owner: ProcessName): void {
    this.#dead.add(owner);
    this.#asleep.delete(owner);
    this.#timers = this.#timers.filter((timer) => timer.owner !== owner);
  }

  /** Does something as `owner`, then lets its promises finish. No time passes. */
  async as(owner: ProcessName, act: () => void): Promise<void> {
    this.#owner = owner;
    try {
      act();
      await promisesDone();
    } finally {
      this.#owner = 'world';
    }
  }

  /**
   * Does something as `owner` and lets time pass until it is done.
   * @throws ProcessEnded when it was killed before that
   */
  async complete<T>(owner: ProcessName, act: () => Promise<T>, withinMs = 60_000): Promise<T> {
    let result: { readonly value: T } | { readonly error: unknown } | null = null;
    await this.as(owner, () => {
      act().then(
        (value) => {
          result = { value };
        },
        (error: unknown) => {
          result = { error };
        },
      );
    });
    await this.runUntil(() => result !== null || this.#dead.has(owner), withinMs);
    const settled = result as { readonly value: T } | { readonly error: unknown } | null;
    if (settled === null && this.#dead.has(owner)) throw new ProcessEnded(`${owner} has ended`);
    if (settled === null) throw new Error(`${owner} was not done within ${withinMs} ms`);
    if ('error' in settled) throw settled.error;
    return settled.value;
  }

  /** All machines stand still for this long: what became due meanwhile is done afterwards, once, in its order. */
  leap(ms: number): void {
    this.#nowMs += ms;
    for (const timer of this.#timers) timer.dueMs = Math.max(timer.dueMs, this.#nowMs);
  }

  /** Lets this much time pass. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    while (this.#timers.length > 0 && this.#timers[0]!.dueMs <= untilMs) await this.#runNext();
    this.#nowMs = untilMs;
  }

  /** Lets time pass until `isDone`, which is asked after each timer. @returns false when it took longer than `withinMs` */
  async runUntil(isDone: () => boolean, withinMs: number): Promise<boolean> {
    const untilMs = this.#nowMs + withinMs;
    while (!isDone()) {
      const next = this.#timers[0];
      if (!next || next.dueMs > untilMs) {
        this.#nowMs = untilMs;
        return isDone();
      }
      await this.#runNext();
    }
    return true;
  }

  #add(owner: ProcessName, delayMs: number, periodMs: number | null, callback: () => void): number {
    this.#lastId += 1;
    if (!this.#dead.has(owner))
      this.#insert({ id: this.#lastId, owner, dueMs: this.#nowMs + delayMs, periodMs, callback });
    return this.#lastId;
  }

  #insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.dueMs <= timer.dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  /** Of processes whose timers are due together chance decides who is first; each keeps its own order. */
  async #runNext(): Promise<void> {
    const [first] = this.#timers;
    if (!first) return;
    let end = 1;
    const owners = [first.owner];
    while (this.#timers[end]?.dueMs === first.dueMs) {
      const { owner } = this.#timers[end]!;
      if (!owners.includes(owner)) owners.push(owner);
      end += 1;
    }
    const chosen = owners.length === 1 ? first.owner : this.#chance.pick(owners);
    const index = this.#timers.findIndex((timer) => timer.owner === chosen);
    const [timer] = this.#timers.splice(index, 1);
    if (!timer) return;
    this.#nowMs = timer.dueMs;
    const waiting = this.#asleep.get(timer.owner);
    if (waiting) {
      waiting.push(timer);
      return;
    }
    if (timer.periodMs !== null) {
      timer.dueMs += timer.periodMs;
      this.#insert(timer);
    }
    await this.as(timer.owner, timer.callback);
  }
}

/** An immediate of the real event loop runs only when no promise is left to continue. */
function promisesDone(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}
