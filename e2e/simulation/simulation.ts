// A whole system in one thread: peers of both kinds, one server after the other, a network and a disk, all on one virtual
// clock and from one seed. A run makes steps by chance, then brings everything to rest and checks that all are one.

import './virtual-clock.js';
import type { ChannelId } from '../../server/src/log/document-log.js';
import { checkRest } from './at-rest.js';
import { Chance } from './chance.js';
import type { Desk } from './desk.js';
import { openTap } from './frame-witness.js';
import { channelKey, Ledger } from './ledger.js';
import { type Peer, StockPeer, WeftPeer } from './peers.js';
import { SimulatedDisk } from './simulated-disk.js';
import { SimulatedNetwork } from './simulated-network.js';
import { SimulatedServer } from './simulated-server.js';
import { type ProcessName, VirtualClock } from './virtual-clock.js';

export const DOCUMENTS = [
  { document: 'plan', kind: 'content' },
  { document: 'plan', kind: 'discussion' },
  { document: 'notes/été', kind: 'content' },
] as readonly unknown[] as readonly ChannelId[];
const CONTENTS = DOCUMENTS.filter(({ kind }) => kind === 'content');

const STEPS = [30, 90] as const;
const MAX_PEERS = 6;

/** What may happen, and how often against the others. */
const steps = {
  edit: 60,
  burst: 10,
  undo: 6,
  redo: 3,
  moveCaret: 12,
  paste: 1.5,
  pasteTooMuch: 0.1,
  goOffline: 4,
  comeBack: 6,
  breakConnection: 5,
  sleep: 2,
  retryNow: 2,
  rename: 1,
  join: 3,
  leave: 2,
  vanish: 1.5,
  openDocument: 2,
  leaveDocument: 2,
  killServer: 2.5,
  stopServer: 1.5,
  failDisk: 0.7,
  stallDisk: 1.5,
  pause: 4,
  longPause: 1.5,
} as const;
type StepKind = keyof typeof steps;

/** A run that went wrong: what, and everything that happened until then. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
}

export class Simulation {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  readonly server: SimulatedServer;
  /** The share of a worker's jobs that fail. */
  readonly workFails: number;
  peers: Peer[] = [];
  /** Everything that happened, for whoever reads about a failure; equal for equal seeds. */
  readonly trace: string[] = [];
  readonly #violations: string[] = [];
  readonly #clientIds = new Set<number>();
  #peersMade = 0;
  #restartAtMs: number | null = null;

  constructor(seed: number) {
    this.seed = seed;
    const chance = new Chance(seed);
    this.chance = chance;
    this.clock = new VirtualClock(chance);
    this.ledger = new Ledger(this.report);
    this.network = new SimulatedNetwork(this.clock, chance, (path) => openTap(path, this.ledger, this.report));
    const syncMs = chance.pick([
      [0, 2],
      [1, 20],
      [10, 60],
      [200, 200],
    ] as const);
    const slowReads = chance.pick([0, 0.3]);
    this.disk = new SimulatedDisk(this.clock, chance, { syncMs, slowReads }, (batch) => this.ledger.written(batch));
    this.workFails = chance.happens(0.15) ? 0.1 : 0;
    this.server = new SimulatedServer({
      clock: this.clock,
      chance,
      network: this.network,
      disk: this.disk,
      journalMaxBytes: chance.pick([1024, 4096, 16_384, 8 * 1024 * 1024]),
      maxGroupBytes: chance.pick([256, 4 * 1024 * 1024]),
      workMs: chance.pick([
        [0, 5],
        [5, 80],
        [200, 1500],
      ] as const),
      workFails: this.workFails,
      report: this.report,
      onExit: () => this.#scheduleRestart('the server gave up'),
    });
    this.#note(`syncs ${syncMs} ms, slow reads ${slowReads}`);
  }

  /** Takes note of something that must not be; the run ends after the step. */
  readonly report = (violation: string): void => {
    this.#note(`! ${violation}`);
    this.#violations.push(violation);
  };

  /**
   * The whole run.
   * @throws SimulationFailure
   */
  async run(): Promise<void> {
    const restore = this.#takeOverGlobals();
    try {
      await this.server.start();
      for (let left = this.chance.int(2, 4); left > 0; left--) await this.#join();
      for (let left = this.chance.int(...STEPS); left > 0; left--) await this.#step();
      await this.#comeToRest();
    } catch (error) {
      throw this.#failure(error);
    } finally {
      restore();
    }
  }

  /** For tests that tell their own story: the globals are the simulation's while `story` runs. */
  async tell(story: () => Promise<void>): Promise<void> {
    const restore = this.#takeOverGlobals();
    try {
      await story();
      this.#throwViolations();
    } catch (error) {
      throw this.#failure(error);
    } finally {
      restore();
    }
  }

  readonly clientId = (): number => {
    let id: number;
    do id = this.chance.int(1, 2 ** 32 - 1);
    while (this.#clientIds.has(id));
    this.#clientIds.add(id);
    return id;
  };

  async joinWeft(documents: readonly ChannelId[]): Promise<WeftPeer> {
    return this.#add((name) => new WeftPeer(name, documents, this));
  }

  async joinStock(document: ChannelId): Promise<StockPeer> {
    return this.#add((name) => new StockPeer(name, document, this));
  }

  /** The peer leaves in order. */
  async remove(peer: Peer): Promise<void> {
    this.peers = this.peers.filter((other) => other !== peer);
    await this.clock.as(peer.name, () => peer.close());
  }

  async #add<P extends Peer>(make: (name: ProcessName) => P): Promise<P> {
    this.#peersMade += 1;
    const name = `peer ${this.#peersMade}`;
    let peer: P | null = null;
    await this.clock.as(name, () => {
      peer = make(name);
    });
    this.peers.push(peer!);
    const made: P = peer!;
    this.#note(
      `${name} joins: ${made instanceof WeftPeer ? 'weft' : 'stock'}, ${made.desks.map((d) => channelKey(d.id))}`,
    );
    return made;
  }

  async #join(): Promise<void> {
    const { chance } = this;
    if (chance.happens(0.45)) await this.joinStock(chance.pick(CONTENTS));
    else await this.joinWeft(chance.happens(0.5) ? [CONTENTS[0]!] : DOCUMENTS.filter(() => chance.happens(0.6)));
  }

  async #step(): Promise<void> {
    const kind = this.chance.weighted(steps);
    await this.#make(kind);
    await this.#letTimePass(this.chance.weighted({ short: 6, medium: 3, long: 1 }));
    for (const peer of this.peers) peer.checkPromises();
    this.#throwViolations();
  }

  async #make(kind: StepKind): Promise<void> {
    const { chance, clock, network } = this;
    const peer = this.peers.length > 0 ? chance.pick(this.peers) : null;
    const desk = peer && peer.desks.length > 0 ? chance.pick(peer.desks) : null;
    const at = async (what: string, act: (desk: Desk) => unknown): Promise<void> => {
      if (!peer || !desk || clock.isAsleep(peer.name)) return;
      await clock.as(peer.name, () => {
        const detail = act(desk);
        this.#note(`${what}${typeof detail === 'string' ? ` ${detail}` : ''}: ${desk.name}`);
      });
    };
    switch (kind) {
      case 'edit':
        return at('edit', (desk) => desk.edit());
      case 'burst':
        for (let left = chance.int(3, 15); left > 0; left--) {
          await at('edit', (desk) => desk.edit());
          await clock.advance(chance.int(0, 60));
        }
        return;
      case 'undo':
        return at('undo', (desk) => desk.undo());
      case 'redo':
        return at('redo', (desk) => desk.redo());
      case 'moveCaret':
        return at('move caret', (desk) => desk.moveCaret());
      case 'paste':
        return at('paste', (desk) => desk.paste(chance.int(500, 60_000)));
      case 'pasteTooMuch':
        if (peer instanceof WeftPeer) await at('paste too much', (desk) => desk.paste(4 * 1024 * 1024 + 100));
        return;
      case 'goOffline':
        if (!peer) return;
        this.#note(`${peer.name} goes offline`);
        network.setReachable(peer.name, false);
        return this.#breakConnection(peer);
      case 'comeBack':
        this.#note('everybody comes back');
        return this.#bringBack();
      case 'breakConnection':
        return peer ? this.#breakConnection(peer) : undefined;
      case 'sleep':
        if (!peer) return;
        this.#note(`${peer.name} sleeps`);
        return clock.sleep(peer.name);
      case 'retryNow':
        return at('retry now', () => peer!.retryNow());
      case 'rename':
        return at('rename', () => peer!.rename());
      case 'join':
        return this.peers.length < MAX_PEERS ? this.#join() : undefined;
      case 'leave':
        return at('leave when saved', () => this.#leaveWhenSaved(peer!));
      case 'vanish':
        if (!peer) return;
        this.#note(`${peer.name} vanishes`);
        network.peerDied(peer.name);
        await this.remove(peer);
        return clock.kill(peer.name);
      case 'openDocument': {
        const missing = DOCUMENTS.filter((id) => !peer?.desks.some((open) => open.id === id));
        if (!(peer instanceof WeftPeer) || missing.length === 0 || clock.isAsleep(peer.name)) return;
        return clock.as(peer.name, () => {
          const id = chance.pick(missing);
          this.#note(`${peer.name} opens ${channelKey(id)}`);
          peer.open(id);
        });
      }
      case 'leaveDocument':
        return at('leave document', (desk) => {
          if (peer instanceof WeftPeer && peer.isSaved()) peer.leave(desk);
        });
      case 'killServer':
        if (!this.server.isUp) return;
        this.server.kill();
        return this.#scheduleRestart('the server is killed');
      case 'stopServer':
        if (!this.server.isUp) return;
        this.#note('the server stops');
        await this.#stopServer();
        return this.#scheduleRestart('it has stopped');
      case 'failDisk':
        this.#note('the disk is full');
        return this.disk.failWrites();
      case 'stallDisk': {
        const ms = chance.int(100, 15_000);
        this.#note(`the disk stalls for ${ms} ms`);
        return this.disk.stall(ms);
      }
      case 'pause':
        return this.#letTimePass('pause');
      case 'longPause':
        return this.#letTimePass('longPause');
      default:
        kind satisfies never;
    }
  }

  #bringBack(): void {
    for (const { name } of this.peers) {
      this.network.setReachable(name, true);
      this.clock.wake(name);
    }
  }

  #leaveWhenSaved(peer: Peer): void {
    peer.closeWhenSaved(() => {
      if (!this.peers.includes(peer)) return;
      this.#note(`${peer.name} is gone`);
      peer.checkPromises();
      this.peers = this.peers.filter((other) => other !== peer);
      peer.close();
    });
  }

  async #breakConnection(peer: Peer): Promise<void> {
    const by = this.chance.pick(['both', 'client', 'server', null] as const);
    this.#note(`${peer.name}'s connection breaks, noticed by ${by ?? 'nobody'}`);
    this.network.break(peer.name, by === null ? { kind: 'silent' } : { kind: 'noticed', by });
  }

  async #stopServer(): Promise<void> {
    const left = await this.server.stop();
    if (left > 0) this.report(`${left} timers are alive after the server stopped`);
  }

  #scheduleRestart(why: string): void {
    this.#restartAtMs =
      this.clock.nowMs + (this.chance.happens(0.7) ? this.chance.int(0, 500) : this.chance.int(1000, 20_000));
    this.#note(`${why}, restart in ${this.#restartAtMs - this.clock.nowMs} ms`);
  }

  async #letTimePass(length: 'short' | 'medium' | 'long' | 'pause' | 'longPause'): Promise<void> {
    const range = {
      short: [0, 30],
      medium: [30, 400],
      long: [400, 3000],
      pause: [4000, 12_000],
      longPause: [20_000, 120_000],
    };
    const [min, max] = range[length] as [number, number];
    const ms = this.chance.int(min, max);
    if (ms > 3000) this.#note(`${ms} ms pass`);
    await this.advance(ms);
  }

  /** Lets time pass; a server that is down is started when its time has come. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs + ms;
    for (;;) {
      await this.clock.runUntil(() => this.#restartAtMs !== null, untilMs - this.clock.nowMs);
      if (this.#restartAtMs === null || this.#restartAtMs > untilMs) break;
      await this.clock.advance(Math.max(0, this.#restartAtMs - this.clock.nowMs));
      this.#restartAtMs = null;
      await this.server.start();
      this.#note('the server is up');
    }
    await this.clock.advance(Math.max(0, untilMs - this.clock.nowMs));
  }

  async #comeToRest(): Promise<void> {
    this.#note('everything comes to rest');
    this.#bringBack();
    this.disk.mend();
    await checkRest(this);
    this.#throwViolations();
  }

  #takeOverGlobals(): () => void {
    const { random } = Math;
    const { warn, error } = console;
    this.clock.install();
    Math.random = this.chance.next;
    console.warn = (...args) => this.report(`console.warn: ${args.join(' ')}`);
    console.error = (...args) => this.report(`console.error: ${args.join(' ')}`);
    const onRejection = (reason: unknown): void =>
      this.report(`unhandled rejection: ${(reason as Error)?.stack ?? reason}`);
    process.on('unhandledRejection', onRejection);
    return () => {
      this.clock.uninstall();
      Math.random = random;
      Object.assign(console, { warn, error });
      process.off('unhandledRejection', onRejection);
    };
  }

  #throwViolations(): void {
    if (this.#violations.length > 0) throw new Error(this.#violations.join('\n'));
  }

  #failure(cause: unknown): SimulationFailure {
    const violations = this.#violations.filter((violation) => !(cause as Error).message.includes(violation));
    const what = [(cause as Error).stack ?? String(cause), ...violations].join('\n');
    return new SimulationFailure(`seed ${this.seed}: ${what}\n\nSteps:\n${this.trace.join('\n')}`, { cause });
  }

  #note(what: string): void {
    this.trace.push(`${String(this.clock.elapsedMs).padStart(7)} ms  ${what}`);
  }
}
