// Lives in browsers, by chance: pages that keep what is written, on networks that let a WebSocket through or do not, on event
// streams and polls; killed at any step and opened again, offline for days, moved to another network in the middle of an
// edit, before a server that is killed, restarted, and has another epoch. Then everybody comes back, every browser is looked
// at once more, and all that was written is in the document once, in the order it was written, or in a draft.

import './date-now.js';
import { checkRest, settle } from './at-rest.js';
import { Browser, Tab } from './browser.js';
import { tokensOf } from './edits.js';
import { choosePassage, OPEN_PASSAGE } from './passage.js';
import { DOCUMENTS } from './simulation.js';
import { breakConnection, letTimePass } from './troubles.js';
import { breakOff, isCommon, Turn } from './turn.js';
import { World } from './world.js';

const STEPS = [30, 120] as const;
const MAX_TABS = 2;

/** What may happen, and how often against the others. */
const steps = {
  write: 60,
  burst: 8,
  undo: 3,
  redo: 1.5,
  moveCaret: 6,
  paste: 1.5,
  pasteTooMuch: 0.2,
  goOffline: 5,
  comeBack: 5,
  breakConnection: 5,
  switchNetwork: 7,
  sleep: 1.5,
  night: 1.5,
  retryNow: 1.5,
  openTab: 5,
  crashTab: 4,
  crashBrowser: 1.5,
  closeTab: 2,
  failStore: 1,
  killServer: 2.5,
  stopServer: 1.5,
  failDisk: 0.5,
  stallDisk: 1,
  pause: 4,
  longPause: 2,
} as const;
/** In every third world documents get new epochs; stock clients, which cannot know of them, do not come there. */
const stepsWithEpochs = { ...steps, beginEpoch: 2 } as const;
const EPOCHS_EVERY = 3;
type StepKind = keyof typeof stepsWithEpochs;

const NIGHT_MS = [6 * 3_600_000, 72 * 3_600_000] as const;
/** Longer than a page waits until it tries a better transport again. */
const CLIMBS_AFTER_MS = 6 * 60_000;
/** A store that failed is asked again after 10 s. */
const STORED_WITHIN_MS = 15_000;
const STORE_FAILURES = ['QuotaExceededError', 'UnknownError', null] as const;

/** @throws SimulationFailure with the seed and all steps */
export async function simulateBrowsers(seed: number): Promise<World> {
  const world = new World(seed);
  const run = new BrowserRun(world);
  await world.tell(() => run.run());
  return world;
}

class BrowserRun {
  readonly #world: World;
  readonly #hasEpochs: boolean;
  readonly #browsers: readonly Browser[];
  /** Yjs itself has made the documents differ. */
  #isSpoilt = false;

  constructor(world: World) {
    this.#world = world;
    this.#hasEpochs = world.seed % EPOCHS_EVERY === 0;
    this.#browsers = Array.from({ length: world.chance.int(1, 3) }, (_, index) => new Browser(index + 1));
  }

  async run(): Promise<void> {
    const world = this.#world;
    for (const browser of this.#browsers) {
      if (world.chance.happens(0.5)) this.#switchNetwork(browser);
      await this.#openTab(browser);
    }
    if (world.chance.happens(0.5)) await world.joinWeft([DOCUMENTS[0]]);
    if (!this.#hasEpochs && world.chance.happens(0.5)) await world.joinStock(DOCUMENTS[0]);
    for (let left = world.chance.int(...STEPS); left > 0; left--) {
      await this.#step(
        world.chance.weighted<StepKind>(this.#hasEpochs ? stepsWithEpochs : { ...steps, beginEpoch: 0 }),
      );
      await letTimePass(world, world.chance.weighted({ short: 6, medium: 3, long: 1 }));
      this.#look();
      if (this.#isSpoilt) return breakOff(world);
    }
    await this.#rest();
  }

  #look(): void {
    for (const browser of this.#browsers) browser.look();
    this.#world.check();
  }

  async #rest(): Promise<void> {
    const world = this.#world;
    world.note('everything comes to rest');
    world.bringEverybodyBack();
    world.disk.mend();
    world.server.mend();
    for (const each of this.#browsers) {
      each.disk.failure = null;
      each.isAtRest = true;
      each.isReachable = true;
      each.passage = { ...each.passage, isRough: false };
    }
    await settle(world);
    world.note('every browser is looked at once more');
    for (const browser of this.#browsers) {
      await world.joinTab(browser, DOCUMENTS);
    }
    await settle(world);
    // Who can climb to a better transport has done so by then, and is connected anew.
    world.clock.leap(CLIMBS_AFTER_MS);
    await world.advance(STORED_WITHIN_MS);
    await settle(world);
    this.#checkTokens();
    for (const { number, unsent } of this.#browsers) {
      if (unsent > 0) world.report(`browser ${number} is at rest, and its store holds ${unsent} unsent entries`);
    }
    await checkRest(world);
  }

  /** Everything that is owed is in a document or a draft of its browser; in documents once, and in order. */
  #checkTokens(): void {
    const world = this.#world;
    const inDocuments = new Set<string>();
    for (const { id, doc } of world.ledger.channels()) {
      const last = new Map<string, number>();
      for (const token of tokensOf(doc).toArray()) {
        if (inDocuments.has(token)) world.report(`${token} is in ${id.document} twice`);
        inDocuments.add(token);
        const [tab = '', number] = token.split(':');
        if (Number(number) < (last.get(tab) ?? -1)) world.report(`${token} comes after what was written later`);
        last.set(tab, Number(number));
      }
    }
    for (const browser of this.#browsers) {
      const drafted = browser.drafted();
      for (const token of browser.owed()) {
        if (!inDocuments.has(token) && !drafted.has(token)) world.report(`${token} is in no document and no draft`);
      }
    }
    world.check();
  }

  #openTab(browser: Browser): Promise<Tab> {
    const { chance } = this.#world;
    return this.#world.joinTab(
      browser,
      chance.happens(0.5) ? [DOCUMENTS[0]] : [DOCUMENTS[0], ...DOCUMENTS.slice(1).filter(() => chance.happens(0.5))],
    );
  }

  #switchNetwork(browser: Browser): void {
    const { chance, network } = this.#world;
    browser.passage = chance.happens(0.3) ? OPEN_PASSAGE : choosePassage(chance);
    this.#world.note(`browser ${browser.number} is in another network: ${JSON.stringify(browser.passage)}`);
    for (const tab of browser.tabs) {
      network.http.setPassage(tab.name, browser.passage);
      if (chance.happens(0.8)) breakConnection(this.#world, tab);
    }
  }

  async #step(kind: StepKind): Promise<void> {
    const world = this.#world;
    const { chance, clock, network } = world;
    const turn = new Turn(world, (peer, desk) => (peer instanceof Tab ? peer.write(desk) : desk.edit()));
    const browser = chance.pick(this.#browsers);
    const tab = browser.tabs.length > 0 ? chance.pick(browser.tabs) : null;
    if (isCommon(kind)) {
      await turn.take(kind);
      this.#isSpoilt ||= turn.hasSpoilt;
      return;
    }
    switch (kind) {
      case 'pasteTooMuch':
        return turn.peer instanceof Tab ? turn.pasteTooMuch() : undefined;
      case 'goOffline':
        world.note(`browser ${browser.number} goes offline`);
        browser.isReachable = false;
        for (const { name } of browser.tabs) network.setReachable(name, false);
        for (const each of browser.tabs) breakConnection(world, each);
        return;
      case 'comeBack':
        world.note('everybody comes back');
        for (const each of this.#browsers) each.isReachable = true;
        for (const { name } of world.peers) {
          network.setReachable(name, true);
          clock.wake(name);
        }
        return;
      case 'switchNetwork':
        return this.#switchNetwork(browser);
      case 'night': {
        const ms = chance.int(...NIGHT_MS);
        world.note(`${Math.round(ms / 3_600_000)} hours pass, in which nobody does anything`);
        return clock.leap(ms);
      }
      case 'openTab':
        if (browser.tabs.length < MAX_TABS) await this.#openTab(browser);
        return;
      case 'crashTab':
        return tab ? this.#crash(tab) : undefined;
      case 'crashBrowser':
        for (const each of browser.tabs) this.#crash(each);
        return;
      case 'closeTab':
        if (!tab) return;
        world.note(`${tab.name} is closed`);
        await world.remove(tab);
        await clock.advance(chance.pick([0, 5, 1000]));
        return world.crash(tab);
      case 'failStore': {
        const name = chance.pick(STORE_FAILURES);
        world.note(`the store of browser ${browser.number} ${name === null ? 'works' : `fails: ${name}`}`);
        browser.disk.failure = name === null ? null : new DOMException('No.', name);
        return;
      }
      case 'beginEpoch': {
        const id = chance.pick(DOCUMENTS);
        const { name } = world.server;
        if (name === null) return;
        world.note(`${id.document} (${id.kind}) has a new epoch`);
        return clock.as(name, () => world.server.beginEpoch(id));
      }
      default:
        kind satisfies never;
    }
  }

  #crash(tab: Tab): void {
    this.#world.note(`${tab.name} is killed`);
    this.#world.crash(tab);
  }
}
