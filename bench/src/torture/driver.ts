// What every kind of torture shares: documents with people of both dialects writing in them, a server on one folder, a
// ledger of what was promised, and checks by fresh clients. A kind does the harm, and says what is its own to tell.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Rung } from '@weft/provider';
import * as prng from 'lib0/prng';
import { type ColdJoin, coldJoinWeft, coldJoinYjs } from '../cold-join.js';
import { milliseconds } from '../percentile.js';
import { type ServerProcess, type SpawnOptions, spawnServer } from '../server-process.js';
import { type Faults, Ledger, tokensIn } from './ledger.js';
import { ServerAddress } from './server-address.js';
import { type Person, type Target, type Writer, weftPerson, yjsPerson } from './writers.js';

const DOCUMENTS = 3;
const WEFT_PEOPLE = 2;
const YJS_PEOPLE_PER_DOCUMENT = 2;
const WEBSOCKETS: readonly Rung[] = ['websocket'];
/** For a generation in which one person writes over each. */
export const ALL_CARRIERS = { weftPeople: 3, carriers: ['websocket', 'events', 'poll'] } as const;
const PASTE_UNITS = { min: 300_000, max: 500_000 };
const SETTLE_WITHIN_MS = 30_000;

/** One kind of torture. */
export interface Kind {
  /** What is not to break, for the table of docs/reliability.md. */
  readonly promise: string;
  /** One line of the usage. */
  readonly summary: string;
  /** When nobody says how many. */
  readonly rounds: number;
  /** @returns its own figures, in words; everything wrong goes to `torture.fault` */
  run(torture: Torture, rounds: number): Promise<string[]>;
}

export interface TortureOptions {
  readonly seed: number;
  /** An empty folder for everything the run leaves. */
  readonly folder: string;
  /** One character, or a few, for each round as it ends. */
  readonly onMark: (mark: string) => void;
  /** Syncs are to be skipped: then a torture that says all is well is no use. */
  readonly withoutSync?: boolean;
  /** The commit whose build stands beside this one; default: the one before. */
  readonly from?: string;
}

/** Who writes in the documents of a generation, and where each finds a server. */
export interface Crowd {
  /** Each with all documents open. */
  readonly weftPeople: number;
  /** Over which they come, in turn. */
  readonly carriers: readonly Rung[];
  readonly yjsPeoplePerDocument: number;
  /** Builds of the provider that they use, in turn; default: the one of these sources. */
  readonly connections?: readonly (typeof Connection)[];
  /** Given to the people in turn. */
  readonly addresses: readonly ServerAddress[];
  /** See `WriterSetup`. */
  readonly comesAtOnce: boolean;
}

/** What a run has come to, but for what is a kind's own. */
export interface Tally {
  readonly rounds: number;
  readonly written: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Times from start to ready, ascending. */
  readonly restartMs: readonly number[];
  /** Everything wrong, in words; lost and duplicated tokens as well. */
  readonly faults: readonly string[];
}

/** What fresh clients found in each document. */
export type Findings = ReadonlyMap<Target, ColdJoin>;

export class Torture {
  readonly options: TortureOptions;
  readonly dataFolder: string;
  /** What rounds are to be: the same for the same seed, whatever the timing. */
  readonly plans: prng.PRNG;
  /** What is chosen as often as time allows. */
  readonly random: prng.PRNG;
  /** Set while people come back to a server that was robbed of what they were promised. */
  hasLostOnPurpose = false;
  readonly #filler: string;
  /** Where the writers find the server: nowhere while a round's text is checked. */
  readonly #address = new ServerAddress();
  #server: ServerProcess | null = null;
  #url = '';
  #readyAtMs = 0;
  #targets: Target[] = [];
  #people: Person[] = [];
  readonly #left: Target[] = [];
  #names = 0;
  #rounds = 0;
  #harmedAtMs = 0;
  readonly #lost = new Set<string>();
  readonly #duplicated = new Set<string>();
  readonly #faults: string[] = [];
  readonly #restartMs: number[] = [];

  constructor(options: TortureOptions) {
    this.options = options;
    this.dataFolder = join(options.folder, 'data');
    this.plans = prng.create(options.seed);
    this.random = prng.create(options.seed + 1);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    this.#filler = Array.from(prng.uint8Array(this.random, 2 * PASTE_UNITS.max), (byte) => alphabet[byte % 64]).join(
      '',
    );
  }

  get server(): ServerProcess {
    return this.#server!;
  }

  /** `http://host:port` of the server that was started last. */
  get url(): string {
    return this.#url;
  }

  /** On the clock of `performance.now()`, as all moments here. */
  get readyAtMs(): number {
    return this.#readyAtMs;
  }

  /** The documents written at present. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  fault(what: string): void {
    this.#faults.push(this.#rounds === 0 ? what : `round ${this.#rounds}: ${what}`);
  }

  beginRound(): void {
    this.#rounds += 1;
  }

  endRound(mark: string): void {
    this.options.onMark(mark);
  }

  /** Leaves the documents written so far, once everything in them is saved, for new ones with new people. */
  async beginGeneration({ weftPeople = WEFT_PEOPLE, carriers = WEBSOCKETS } = {}): Promise<Findings> {
    this.letWritersIn();
    await this.settle();
    this.leaveDocuments();
    this.invite({
      weftPeople,
      carriers,
      yjsPeoplePerDocument: YJS_PEOPLE_PER_DOCUMENT,
      addresses: [this.#address],
      comesAtOnce: true,
    });
    return this.check();
  }

  /** New documents, and new people for them. */
  invite({
    weftPeople,
    carriers,
    yjsPeoplePerDocument,
    connections = [Connection],
    addresses,
    comesAtOnce,
  }: Crowd): void {
    const from = this.#left.length;
    this.#targets = Array.from({ length: DOCUMENTS }, (_, i) => ({ document: `d${from + i}`, ledger: new Ledger() }));
    let people = 0;
    const setup = () => ({
      Connection: connections[people % connections.length]!,
      address: addresses[people++ % addresses.length]!,
      comesAtOnce,
      random: this.random,
      nextName: (letter: string) => {
        this.#names += 1;
        return `${letter}${this.#names}`;
      },
      onFault: (fault: string) => this.fault(fault),
      onTurnedDown: (fault: string) => {
        if (!this.hasLostOnPurpose) this.fault(fault);
      },
    });
    this.#people = [
      ...Array.from({ length: weftPeople }, (_, i) =>
        weftPerson(this.#targets, carriers[i % carriers.length]!, setup()),
      ),
      ...this.#targets.flatMap((target) =>
        Array.from({ length: yjsPeoplePerDocument }, () => yjsPerson(target, setup())),
      ),
    ];
  }

  /** The people go, and with them what they had not sent; what was promised stays in the account. */
  leaveDocuments(): void {
    this.keepWritersOut();
    for (const person of this.#people) person.close();
    this.#people = [];
    this.#left.push(...this.#targets);
    this.#targets = [];
  }

  letWritersIn(): void {
    this.#address.url = this.#url;
    for (const person of this.#people) person.serverIsBack();
  }

  keepWritersOut(): void {
    this.#address.url = null;
  }

  /** @param slowness  how many times longer than usual they pause */
  async writeUntil(endMs: number, slowness = 1): Promise<void> {
    const writers = this.#people.flatMap((person) => person.writers);
    for (;;) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return;
      for (let i = prng.uint32(this.random, 1, 4); i > 0; i--) prng.oneOf(this.random, writers as Writer[]).type();
      await sleep(Math.min(leftMs, slowness * prng.uint32(this.random, 1, 10)));
    }
  }

  writeFor(ms: number): Promise<void> {
    return this.writeUntil(performance.now() + ms);
  }

  /**
   * One of a document's writers pastes: by default a chapter, enough to make a checkpoint due.
   * @returns the number of bytes, and a promise for when they are saved
   */
  paste(target: Target, { min, max } = PASTE_UNITS): { readonly bytes: number; readonly saved: Promise<void> } {
    const writers = this.#people.flatMap((person) => person.writers).filter((writer) => writer.target === target);
    const units = prng.uint32(this.random, min, max);
    const from = prng.uint32(this.random, 0, this.#filler.length - units);
    const writer = prng.oneOf(this.random, writers);
    writer.paste(this.#filler.slice(from, from + units));
    return { bytes: units, saved: writer.whenAllSaved() };
  }

  /** Starts the server on the data folder and waits until it listens. */
  async start(options: SpawnOptions = {}): Promise<void> {
    const server = spawnServer(this.dataFolder, options);
    this.#server = server;
    this.#url = await server.ready;
    this.#readyAtMs = performance.now();
    // What runs it may slow it down.
    if (options.under === undefined) this.noteRestart(server.readyAfterMs);
  }

  noteRestart(afterMs: number): void {
    this.#restartMs.push(afterMs);
  }

  /** From here on, what is missing was lost by what happened now. */
  noteHarm(): void {
    this.#harmedAtMs = performance.now();
  }

  async kill(): Promise<void> {
    this.keepWritersOut();
    this.noteHarm();
    const { signal, code } = await this.server.kill();
    if (signal !== 'SIGKILL') this.fault(`the server had ended by itself with ${signal ?? code}`);
  }

  async stop(): Promise<void> {
    this.keepWritersOut();
    const { code, signal } = await this.server.stop();
    if (code !== 0) this.fault(`the server was asked to stop and ended with ${signal ?? code}`);
  }

  /** Where nothing was done to a disk, a server has nothing to complain of. */
  noteComplaints({ stderr }: ServerProcess = this.server): void {
    const complaints = complaintsIn(stderr);
    if (complaints.length > 0) this.fault(`the server complained: ${complaints.join(' ')}`);
  }

  /** Waits until everything written is acknowledged. */
  async settle(withinMs = SETTLE_WITHIN_MS): Promise<void> {
    const writers = this.#people.flatMap((person) => person.writers);
    const settled = Promise.all(writers.map((writer) => writer.whenAllSaved())).then(() => true);
    const timeout = new AbortController();
    const isSettled = await Promise.race([settled, sleep(withinMs, false, { signal: timeout.signal })]);
    timeout.abort();
    if (!isSettled) this.fault(`not everything was saved within ${withinMs} ms`);
  }

  /** Fresh clients of both dialects read every document; nobody writes meanwhile. */
  async check(targets: readonly Target[] = this.#targets, url = this.#url, atMs?: number): Promise<Findings> {
    const findings = new Map<Target, ColdJoin>();
    for (const target of targets) {
      const [weft, yjsText] = await Promise.all([
        coldJoinWeft(url, target.document),
        coldJoinYjs(url, target.document),
      ]);
      findings.set(target, weft);
      if (weft.text !== yjsText) this.fault(`${target.document}: the dialects were given different texts`);
      this.checkText(target, weft.text, atMs);
    }
    return findings;
  }

  /** @param atMs only what was promised up to here has to be there */
  checkText(target: Target, text: string, atMs?: number): void {
    this.#note(target, target.ledger.check(text, atMs), atMs ?? this.#harmedAtMs);
  }

  /** For a text that is older than it should be: what is not in it has to be in a draft. */
  checkTextAndDrafts(target: Target, text: string, drafts: readonly string[]): void {
    const { lost, duplicated, strayUnits } = target.ledger.check(text);
    const kept = new Set(drafts.flatMap(tokensIn));
    const gone = lost.filter((token) => !kept.has(token));
    this.#note(target, { lost: gone, duplicated, strayUnits, returned: [] }, this.#harmedAtMs);
  }

  /** Everything is saved, the server stopped as a supervisor stops it, and every document of the run read once more. */
  async finish(): Promise<void> {
    this.letWritersIn();
    await this.settle();
    this.leaveDocuments();
    await this.stop();
    this.noteComplaints();
    await this.start();
    await this.check(this.#left);
    await this.stop();
    this.noteComplaints();
    this.checkAllAcknowledged();
  }

  /** Of the documents that were left. */
  checkAllAcknowledged(): void {
    for (const { document, ledger } of this.#left) {
      if (ledger.acknowledged !== ledger.written) {
        this.fault(`${document}: ${ledger.written - ledger.acknowledged} changes were never acknowledged`);
      }
    }
  }

  tally(): Tally {
    const all = [...this.#left, ...this.#targets];
    return {
      rounds: this.#rounds,
      written: all.reduce((sum, { ledger }) => sum + ledger.written, 0),
      acknowledged: all.reduce((sum, { ledger }) => sum + ledger.acknowledged, 0),
      lost: this.#lost.size,
      duplicated: this.#duplicated.size,
      faults: this.#faults,
      restartMs: this.#restartMs.sort((a, b) => a - b),
    };
  }

  #note({ document, ledger }: Target, { lost, duplicated, returned, strayUnits }: Faults, harmedAtMs: number): void {
    const fault = (what: string): void => this.fault(`${document}: ${what}`);
    for (const token of lost) {
      if (this.#lost.has(token)) continue;
      const { to, atMs } = ledger.promised(token)!;
      const beforeMs = harmedAtMs - atMs;
      // What a dead process sent is still read for a moment, and counts.
      const when = `${milliseconds(Math.abs(beforeMs))} ${beforeMs < 0 ? 'after' : 'before'} the end`;
      fault(`${token} is lost, which was promised to ${to} ${when}`);
      this.#lost.add(token);
    }
    for (const token of duplicated) {
      if (!this.#duplicated.has(token)) fault(`${token} is there more than once`);
      this.#duplicated.add(token);
    }
    for (const token of returned) fault(`${token} had been removed and is there again`);
    if (strayUnits > 0) fault(`${strayUnits} units nobody wrote`);
  }
}

/** The lines of a server's stderr that are its own: strace now and then says something about itself. */
export function complaintsIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('strace: '));
}
