// The simulated world: peers of both kinds, one server after the other, a network and a disk, all on one virtual clock and
// one source of chance. What must not be is reported and ends the run, with everything that led to it.

import './date-now.js';
import type { ChannelId, Entry } from '../../server/src/log/document-log.js';
import { type Browser, Tab } from './browser.js';
import { Chance } from './chance.js';
import { type Conditions, chooseConditions } from './conditions.js';
import { openTap } from './frame-witness.js';
import { channelKey, Ledger } from './ledger.js';
import { type Peer, StockPeer, WeftPeer } from './peers.js';
import { type DiskImage, SimulatedDisk } from './simulated-disk.js';
import { SimulatedNetwork } from './simulated-network.js';
import { openLog, SimulatedServer } from './simulated-server.js';
import { type ProcessName, VirtualClock } from './virtual-clock.js';

/** A run that went wrong: what, and everything that happened until then. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
}

export class World {
  readonly seed: number;
  readonly conditions: Conditions;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  readonly server: SimulatedServer;
  peers: Peer[] = [];
  /** Documents that were to be made without being written in, and whether somebody was told that they are. */
  readonly creations = new Map<ChannelId['document'], 'asked for' | 'done'>();
  /** Everything that happened, for whoever reads about a failure; equal for equal seeds. */
  readonly trace: string[] = [];
  /** What the server noticed to be lost. */
  readonly alarms: string[] = [];
  readonly #violations: string[] = [];
  readonly #clientIds = new Set<number>();
  #peersMade = 0;
  #restartAtMs: number | null = null;

  /** @param conditions those that are not left to chance */
  constructor(seed: number, conditions: Partial<Conditions> = {}) {
    const chance = new Chance(seed);
    const clock = new VirtualClock(chance);
    this.seed = seed;
    this.chance = chance;
    this.clock = clock;
    this.conditions = { ...chooseConditions(chance), ...conditions };
    this.ledger = new Ledger(this.report);
    this.network = new SimulatedNetwork(clock, chance, (path, peer) => openTap(path, peer, this.ledger, this.report));
    this.disk = new SimulatedDisk(clock, chance, this.conditions, (batch) => this.ledger.written(batch));
    this.server = new SimulatedServer({
      clock,
      chance,
      network: this.network,
      disk: this.disk,
      conditions: this.conditions,
      report: this.report,
      onAlarm: (sentence) => this.#alarmed(sentence),
      onExit: () => this.restartLater('the server gave up'),
    });
    this.note(`conditions ${JSON.stringify(this.conditions)}`);
  }

  /** Takes note of something that must not be; the run ends after the step. */
  readonly report = (violation: string): void => {
    this.note(`! ${violation}`);
    this.#violations.push(violation);
  };

  /** Never the same twice. */
  readonly clientId = (): number => {
    let id: number;
    do id = this.chance.int(1, 2 ** 32 - 1);
    while (this.#clientIds.has(id));
    this.#clientIds.add(id);
    return id;
  };

  note(what: string): void {
    this.trace.push(`${String(this.clock.elapsedMs).padStart(7)} ms  ${what}`);
  }

  /**
   * Starts the server and tells a story; the globals are the simulation's until it ends.
   * @throws SimulationFailure
   */
  async tell(story: () => Promise<void>): Promise<void> {
    const restore = this.#takeOverGlobals();
    try {
      await this.server.start();
      await story();
      this.check();
    } catch (error) {
      throw this.#failure(error);
    } finally {
      restore();
    }
  }

  /** @throws Error when something was reported, or is promised and not so */
  check(): void {
    for (const peer of this.peers) peer.checkPromises();
    if (this.#violations.length > 0) throw new Error(this.#violations.join('\n'));
  }

  joinWeft(documents: readonly ChannelId[]): Promise<WeftPeer> {
    return this.#add('weft', documents, (name) => new WeftPeer(name, documents, this));
  }

  joinStock(document: ChannelId): Promise<StockPeer> {
    return this.#add('stock', [document], (name) => new StockPeer(name, document, this));
  }

  joinTab(browser: Browser, documents: readonly ChannelId[]): Promise<Tab> {
    const name = browser.nextName();
    this.network.http.setPassage(name, browser.passage);
    this.network.setReachable(name, browser.isReachable);
    return this.#make(name, 'tab', documents, () => new Tab(name, documents, this, browser));
  }

  /** The tab's process ends in the middle of whatever it does. */
  crash(tab: Tab): void {
    this.peers = this.peers.filter((other) => other !== tab);
    this.network.peerDied(tab.name);
    tab.crash();
    this.clock.kill(tab.name);
  }

  /** The peer leaves in order. */
  async remove(peer: Peer): Promise<void> {
    this.peers = this.peers.filter((other) => other !== peer);
    await this.clock.as(peer.name, () => peer.close());
  }

  /** Nobody is kept from connecting, and nobody sleeps. */
  bringEverybodyBack(): void {
    for (const { name } of this.peers) {
      this.network.setReachable(name, true);
      this.clock.wake(name);
    }
    this.network.http.calm();
  }

  /** The server's process has ended; whoever supervises it starts it again. */
  restartLater(why: string): void {
    const { clock, chance } = this;
    this.#restartAtMs = clock.nowMs + (chance.happens(0.7) ? chance.int(0, 500) : chance.int(1000, 20_000));
    this.note(`${why}, restart in ${this.#restartAtMs - clock.nowMs} ms`);
  }

  /** Lets time pass; a server that is down is started when its time has come. */
  async advance(ms: number): Promise<void> {
    const { clock } = this;
    const untilMs = clock.nowMs + ms;
    for (;;) {
      await clock.runUntil(() => this.#restartAtMs !== null, untilMs - clock.nowMs);
      if (this.#restartAtMs === null || this.#restartAtMs > untilMs) break;
      await clock.advance(Math.max(0, this.#restartAtMs - clock.nowMs));
      this.#restartAtMs = null;
      if (await this.server.start()) this.note('the server is up');
      else this.restartLater('the server cannot start');
    }
    await clock.advance(Math.max(0, untilMs - clock.nowMs));
  }

  /** Puts another state of the disk in the place of the one there is, while the server is down. */
  async rollBack(image: DiskImage): Promise<void> {
    this.disk.rollBack(image);
    await this.clock.complete('archivist', async () => {
      const log = await openLog(async () => this.disk.openCopy(), { onFailure: ({ message }) => this.report(message) });
      const left: { id: ChannelId; entries: Entry[] }[] = [];
      for (const { name: document } of await log.documents()) {
        for (const kind of ['content', 'discussion'] as const) {
          const id = { document, kind };
          left.push({ id, entries: await (await log.view(id)).entriesAfter(0) });
        }
      }
      await log.close();
      this.ledger.rollBack(left);
    });
    for (const peer of this.peers) peer.diskSetBack();
  }

  #alarmed(sentence: string): void {
    this.alarms.push(sentence);
    if (this.ledger.wasRolledBack) this.note(`alarm: ${sentence}`);
    else this.report(`L3: nothing was lost, and the server says: ${sentence}`);
  }

  #add<P extends Peer>(kind: string, documents: readonly ChannelId[], make: (name: ProcessName) => P): Promise<P> {
    this.#peersMade += 1;
    const name = `peer ${this.#peersMade}`;
    return this.#make(name, kind, documents, () => make(name));
  }

  async #make<P extends Peer>(
    name: ProcessName,
    kind: string,
    documents: readonly ChannelId[],
    make: () => P,
  ): Promise<P> {
    this.note(`${name} joins: ${kind}, ${documents.map(channelKey)}`);
    let made: P | null = null;
    await this.clock.as(name, () => {
      made = make();
    });
    this.peers.push(made!);
    return made!;
  }

  #takeOverGlobals(): () => void {
    const { random } = Math;
    const { warn, error } = console;
    const { WebSocket } = globalThis;
    this.clock.install();
    // y-websocket compares a state with the constant of the global class.
    globalThis.WebSocket = this.network.webSocketFor('nobody') as unknown as typeof WebSocket;
    Math.random = this.chance.next;
    console.warn = (...args) => {
      // What y-websocket makes of being read-only, which it is to be after a loss (G5).
      if (this.ledger.wasRolledBack && String(args[0]).startsWith('Permission denied')) return;
      this.report(`console.warn: ${args.join(' ')}`);
    };
    console.error = (...args) => this.report(`console.error: ${args.join(' ')}`);
    const onRejection = (reason: unknown): void => this.report(`unhandled rejection: ${textOf(reason)}`);
    process.on('unhandledRejection', onRejection);
    return () => {
      this.clock.uninstall();
      Math.random = random;
      globalThis.WebSocket = WebSocket;
      Object.assign(console, { warn, error });
      process.off('unhandledRejection', onRejection);
    };
  }

  #failure(cause: unknown): SimulationFailure {
    const what = textOf(cause);
    const more = this.#violations.filter((violation) => !what.includes(violation));
    const text = [what, ...more, '', 'Steps:', ...this.trace].join('\n');
    return new SimulationFailure(`seed ${this.seed}: ${text}`, { cause });
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
