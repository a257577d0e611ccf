// A registry of rooms on a real log, with visitors who come and go, on a disk, workers and a clock that move only in the
// order a scheduler picks. After every step nothing may have happened that must not; at the end everything is closed, and
// the log is read again.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CloseCode } from '@weft/protocol';
import type { Scheduler } from 'fast-check';
import { vi } from 'vitest';
import { inlineHistory } from '../../src/history/inline-history.js';
import type { ChannelId, DocumentLog, Seq } from '../../src/log/document-log.js';
import { openLevelLog } from '../../src/log/level/level-log.js';
import { openMemoryLog } from '../../src/log/memory-log.js';
import { MemoryStore } from '../../src/log/memory-store.js';
import { content } from '../../src/log/test/log-harness.js';
import type { RoomHistory } from '../../src/room/room-history.js';
import { RoomRegistry } from '../../src/room/room-registry.js';
import { SyncError } from '../../src/sync-error.js';
import type { Plan, Replacement, Situation, Visit } from './plan.js';
import { ScheduledStore } from './scheduled-store.js';
import { type Memory, Visitor } from './visitor.js';
import { OpenChannels } from './witnessed-log.js';

/** What a run came through, to tell whether runs reach what they are about. */
export interface Passages {
  joinsWhileLoading: number;
  joinsWhileSettling: number;
  joinsWhileClosing: number;
  joinsWhileReplacing: number;
  reopened: number;
  failedLoads: number;
  failedJobs: number;
  replaced: number;
}

const TICK_MS = 500;
const LAST_TICKS = 80;
const PATIENCE_TURNS = 100;
const realSetImmediate = setImmediate;

export class RoomWorld {
  readonly passages: Passages = {
    joinsWhileLoading: 0,
    joinsWhileSettling: 0,
    joinsWhileClosing: 0,
    joinsWhileReplacing: 0,
    reopened: 0,
    failedLoads: 0,
    failedJobs: 0,
    replaced: 0,
  };
  readonly #violations: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #plan: Plan;
  readonly #store = new MemoryStore();
  readonly #channels = new OpenChannels();
  readonly #visitors = new Set<Visitor>();
  /** Per document, the words that visitors were told are saved. */
  readonly #saved = new Map<string, Set<string>>();
  /** Per document, how many loads have failed. */
  readonly #failedLoads = new Map<string, number>();
  /** Per document, what the last one who left still holds of it. */
  readonly #memories = new Map<string, Memory>();
  /** Documents somebody has come to. */
  readonly #known = new Set<string>();
  /** Documents of which a replacement is asked for, and those in the middle of it. */
  readonly #replaced = new Set<string>();
  readonly #replacing = new Set<string>();
  /** Jobs under way. */
  #working = 0;
  #log!: DocumentLog;
  #registry!: RoomRegistry;
  #loads = 0;
  #jobs = 0;
  #complaints = 0;
  #isStopping = false;

  constructor(scheduler: Scheduler, plan: Plan) {
    this.#scheduler = scheduler;
    this.#plan = plan;
  }

  /** Plays the plan to its end. @throws Error that says what happened that must not */
  async run(): Promise<void> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
    vi.stubGlobal('setImmediate', (callback: () => void) => void this.#pause('turn').then(callback));
    try {
      await this.#play();
    } finally {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    }
    await this.#readAgain();
    this.#throwViolations();
  }

  async #play(): Promise<void> {
    this.#log = await this.#finished(this.#openLog());
    this.#registry = new RoomRegistry({
      log: this.#channels.watch(this.#log, {
        pause: this.#pause,
        nextFault: () => this.#plan.loadFaults[this.#loads++] ?? null,
        loadFailed: (id) => this.#loadFailed(id),
        violation: this.#violation,
        closed: this.#closed,
      }),
      history: this.#history,
      complain: (sentence) => this.#complained(sentence),
    });
    const { visits, replacements } = this.#plan;
    await this.#finished(
      Promise.all([
        this.#turnClock(),
        ...visits.map((visit, index) => this.#visit(visit, index)),
        ...replacements.map((replacement) => this.#replace(replacement)),
      ]),
    );
    await this.#comeToRest();
  }

  #openLog(): Promise<DocumentLog> {
    return openLevelLog(async () => new ScheduledStore(this.#store, this.#pause), {
      paceMs: 0,
      journalMaxBytes: this.#plan.journalMaxBytes,
      onFailure: ({ message }) => this.#violation(message),
      deflate: (bytes) => this.#pause('deflate').then(() => deflateRawSync(bytes)),
      inflate: (bytes) => this.#pause('inflate').then(() => inflateRawSync(bytes)),
    });
  }

  async #visit(visit: Visit, index: number): Promise<void> {
    const { document } = visit;
    await this.#arrive(visit);
    if (this.#isStopping) return;
    const visitor = new Visitor({
      number: index + 1,
      registry: this.#registry,
      document,
      memory: visit.returns ? (this.#memories.get(document) ?? null) : null,
      saved: this.#savedIn(document),
      violation: this.#violation,
    });
    this.#notePassage(document);
    this.#visitors.add(visitor);
    const failedBefore = this.#failedLoads.get(document);
    visitor.knock();
    if (visit.leaves === 'early') await this.#pause('leaves early');
    else await visitor.whenAnswered();
    if (visitor.wasRefused && this.#failedLoads.get(document) === failedBefore && !this.#isStopping) {
      this.#violation(`${visitor.name} is refused ${document}, which no load of had failed`);
    }
    for (let word = 0; word < visit.words && visitor.isIn; word++) {
      await this.#pause('types');
      visitor.type();
    }
    if (visit.leaves === 'saved') await visitor.whenSaved();
    await this.#pause('leaves');
    const { memory } = visitor;
    if (memory) this.#memories.set(document, memory);
    visitor.leave(visit.how);
  }

  async #turnClock(): Promise<void> {
    for (const [index, ms] of this.#plan.ticksMs.entries()) {
      if (index === this.#plan.stopAfterTicks) {
        await this.#arrive({ document: 'a', delay: 0, prefers: this.#plan.stopPrefers });
        await this.#stop();
      }
      await this.#pause(`clock +${ms}`);
      vi.advanceTimersByTime(ms);
    }
  }

  /** In the order of the server. */
  async #stop(): Promise<void> {
    this.#isStopping = true;
    await this.#registry.drain();
    for (const visitor of this.#visitors) {
      if (visitor.isIn && !visitor.isSaved) this.#violation(`${visitor.name} was not told before the server stopped`);
      visitor.leave('break');
    }
    await this.#registry.close();
    await this.#log.close();
  }

  /** Something takes the place of a document's content: nobody is in it meanwhile, and nothing has it open. */
  async #replace(replacement: Replacement): Promise<void> {
    const { document } = replacement;
    await this.#arrive(replacement);
    if (this.#isStopping) return;
    this.#replaced.add(document);
    await this.#registry.withClosed(content(document), CloseCode.Replaced, 'replaced', async () => {
      this.#replacing.add(document);
      await this.#pause('replaces');
      await this.#pause('replaces');
      this.#replacing.delete(document);
      this.passages.replaced += 1;
    });
    this.#replaced.delete(document);
  }

  async #arrive({ document, delay, prefers }: Replacement): Promise<void> {
    for (let turn = 0; turn <= delay; turn++) await this.#pause('on the way');
    for (let turn = 0; turn < PATIENCE_TURNS && prefers && !this.#isIn(document, prefers); turn++) {
      await this.#pause('on the way');
    }
  }

  /** Without anybody in them all rooms close by themselves. */
  async #comeToRest(): Promise<void> {
    for (let tick = 0; tick < LAST_TICKS && this.#channels.size > 0; tick++) {
      vi.advanceTimersByTime(TICK_MS);
      await this.#untilIdle();
    }
    if (this.#channels.size > 0) this.#violation(`${this.#channels.size} channels stay open`);
    if (!this.#isStopping) await this.#finished(this.#stop());
    if (vi.getTimerCount() > 0) this.#violation(`${vi.getTimerCount()} timers stay`);
    const expected = this.passages.failedLoads + this.passages.failedJobs;
    if (this.#complaints > expected) this.#violation(`${this.#complaints} complaints for ${expected} faults`);
  }

  /** I1: everything that was taken is in the log, once, whether or not anybody waited for it. */
  async #readAgain(): Promise<void> {
    const log = await openMemoryLog(this.#store.reopen());
    for (const document of new Set(this.#plan.visits.map((visit) => visit.document))) {
      const view = await log.view(content(document));
      const found = (await view.entriesAfter(0)).map(({ outboxId, clientSeq }) => `${outboxId}/${clientSeq}`);
      const visitors = [...this.#visitors].filter((visitor) => visitor.document === document);
      const expected = visitors.flatMap(({ name, taken }) =>
        Array.from({ length: taken }, (_, word) => `${name}/${word + 1}`),
      );
      if (found.toSorted().join() !== expected.sort().join()) {
        this.#violation(`${document} should hold [${expected}] and holds [${found}]`);
      }
    }
    await log.close();
  }

  readonly #history: RoomHistory = {
    ...inlineHistory,
    buildCheckpoint: (job) => this.#job('build', () => inlineHistory.buildCheckpoint(job)),
    describe: (job) => this.#job('describe', () => inlineHistory.describe(job)),
  };

  async #job<T>(what: string, work: () => Promise<T>): Promise<T> {
    const fails = this.#plan.jobFaults[this.#jobs++] ?? false;
    this.#working += 1;
    await this.#pause(what);
    this.#working -= 1;
    if (!fails) return work();
    this.passages.failedJobs += 1;
    throw new SyncError('WORKER_FAILED', 'The worker failed.');
  }

  readonly #closed = (id: ChannelId, seq: Seq, checkpointSeq: Seq): void => {
    // L4: a room that changed leaves a checkpoint, unless it was cut short, its worker failed, or it was to be replaced.
    if (
      checkpointSeq < seq &&
      !this.#isStopping &&
      this.passages.failedJobs === 0 &&
      this.#plan.replacements.length === 0
    ) {
      this.#violation(`${id.document} is closed at ${seq} with a checkpoint at ${checkpointSeq}`);
    }
  };

  #loadFailed({ document }: ChannelId): void {
    this.passages.failedLoads += 1;
    this.#failedLoads.set(document, 1 + (this.#failedLoads.get(document) ?? 0));
  }

  #complained(sentence: string): void {
    if (sentence.endsWith('has checkpoints again.')) return;
    this.#complaints += 1;
    if (/cannot be opened: The disk cannot be read|goes on without new checkpoints: The worker/.test(sentence)) return;
    this.#violation(`complaint: ${sentence}`);
  }

  readonly #violation = (what: string): void => void this.#violations.push(what);

  readonly #pause = (what: string): Promise<void> => this.#scheduler.schedule(Promise.resolve(), what);

  /** Lets everything happen, and something with it. */
  async #finished<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    promise.then(end, end);
    await this.#untilIdle();
    if (!isOver) {
      this.#violation('somebody waits for ever');
      this.#throwViolations();
    }
    return promise;
  }

  /** Lets one thing after the other happen until nothing is left to. */
  async #untilIdle(): Promise<void> {
    await promisesSettled();
    while (this.#scheduler.count() > 0) {
      vi.advanceTimersByTime(1);
      await this.#scheduler.waitNext(1);
      await promisesSettled();
      this.#checkPlaces();
      this.#throwViolations();
    }
  }

  #throwViolations(): void {
    if (this.#violations.length > 0) throw new Error(this.#violations.join('\n'));
  }

  /** Those who are in a document at the same time are in one room, and its channel is open. */
  #checkPlaces(): void {
    const places = new Map<string, string>();
    for (const document of this.#replacing) {
      const phase = this.#channels.phaseOf(document);
      if (phase !== 'none') this.#violation(`${document} is replaced while its channel is ${phase}`);
    }
    for (const { isIn, document, place, name } of this.#visitors) {
      if (!isIn) continue;
      const other = places.get(document) ?? place;
      places.set(document, place);
      if (other !== place) this.#violation(`${document} is open twice: ${other} and ${place}`);
      const phase = this.#channels.phaseOf(document);
      if (phase !== 'open') this.#violation(`${name} is in ${document}, whose channel is ${phase}`);
    }
  }

  #isIn(document: string, situation: Situation): boolean {
    const phase = this.#channels.phaseOf(document);
    const visitors = [...this.#visitors].filter((visitor) => visitor.isIn && visitor.document === document);
    switch (situation) {
      case 'loading':
      case 'closing':
        return phase === situation;
      case 'writing':
        return visitors.some((visitor) => !visitor.isSaved);
      case 'settling':
        // The room is empty, and a worker is at a document, most likely at this one.
        return phase === 'open' && visitors.length === 0 && this.#working > 0;
      case 'replacing':
        return this.#replaced.has(document);
      default:
        return situation satisfies never;
    }
  }

  #notePassage(document: string): void {
    if (this.#isIn(document, 'loading')) this.passages.joinsWhileLoading += 1;
    if (this.#isIn(document, 'settling')) this.passages.joinsWhileSettling += 1;
    if (this.#isIn(document, 'closing')) this.passages.joinsWhileClosing += 1;
    if (this.#isIn(document, 'replacing')) this.passages.joinsWhileReplacing += 1;
    if (this.#channels.phaseOf(document) === 'none' && this.#known.has(document)) this.passages.reopened += 1;
    this.#known.add(document);
  }

  #savedIn(document: string): Set<string> {
    const saved = this.#saved.get(document) ?? new Set<string>();
    this.#saved.set(document, saved);
    return saved;
  }
}

/** All that was resolved has been told to whoever waited for it. */
const promisesSettled = (): Promise<void> => new Promise((resolve) => realSetImmediate(resolve));
