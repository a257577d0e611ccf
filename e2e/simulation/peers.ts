// The two kinds of clients, each the real thing over the simulated network: Weft's provider, with many documents on one
// connection, and the stock WebsocketProvider of y-websocket, with one.

import { Connection, type ConnectionOptions, type SharedDocument } from '@weft/provider';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { ChannelId } from '../../server/src/log/document-log.js';
import type { Chance } from './chance.js';
import { Desk } from './desk.js';
import { channelKey, type Ledger } from './ledger.js';
import type { SimulatedNetwork } from './simulated-network.js';
import type { ProcessName } from './virtual-clock.js';

export interface Surroundings {
  readonly network: SimulatedNetwork;
  readonly chance: Chance;
  readonly ledger: Ledger;
  /** Never the same twice. */
  readonly clientId: () => number;
  readonly report: (violation: string) => void;
}

/** What every peer can be asked. Everything is to be called as the peer's own process. */
export interface Peer {
  readonly name: ProcessName;
  readonly desks: readonly Desk[];
  /** Whether everything it shows is on disk, as far as it is told; a stock client is told nothing, so the ledger says it. */
  isSaved(): boolean;
  isSynced(): boolean;
  /** Reports what it is told and is not so. */
  checkPromises(): void;
  /** What it shows may be lost, and nobody has told it yet. */
  diskSetBack(): void;
  rename(): void;
  retryNow(): void;
  /** Leaves in order once everything is saved; calls back then. */
  closeWhenSaved(closed: () => void): void;
  /** Leaves in order, at once. */
  close(): void;
}

/** What else a client has, besides a WebSocket. */
export type Means = Pick<ConnectionOptions, 'store' | 'BroadcastChannel' | 'fetch' | 'transports' | 'memory'>;

const colorOf = (chance: Chance): string => `#${chance.int(0, 0xffffff).toString(16).padStart(6, '0')}`;

export class WeftPeer implements Peer {
  readonly name: ProcessName;
  readonly #around: Surroundings;
  readonly #connection: Connection;
  readonly #open = new Map<Desk, SharedDocument>();
  /** On a connection from before the disk was set back: what it was told was true. */
  #isUnaware = false;

  constructor(
    name: ProcessName,
    documents: readonly ChannelId[],
    around: Surroundings,
    means: Means = { transports: ['websocket'] },
  ) {
    this.name = name;
    this.#around = around;
    this.#connection = new Connection({
      url: 'ws://weft.test/weft',
      person: { name, color: colorOf(around.chance) },
      client: 'simulation',
      WebSocket: around.network.webSocketFor(name),
      random: around.chance.next,
      ...means,
    });
    this.#connection.on('status', ({ kind }) => {
      if (kind !== 'connected') this.#isUnaware = false;
    });
    for (const id of documents) this.openDocument(id);
  }

  get desks(): readonly Desk[] {
    return [...this.#open.keys()];
  }

  get documents(): readonly SharedDocument[] {
    return [...this.#open.values()];
  }

  get open(): ReadonlyMap<Desk, SharedDocument> {
    return this.#open;
  }

  /** Opens one more document on the same connection. */
  openDocument(id: ChannelId): void {
    const { chance, clientId, report } = this.#around;
    const shared = this.#connection.open(id.document, { kind: id.kind, clientId });
    const desk = new Desk({
      id,
      name: this.name,
      doc: shared.doc,
      presence: shared.presence,
      chance,
      report,
    });
    this.#open.set(desk, shared);
    shared.on('doc', (doc) => desk.useDoc(doc));
    shared.on('save', (state) => {
      this.#checkPromise(desk, shared);
      if (state.kind === 'refused') {
        if (shared.drafts.length === 0) report(`S2: ${this.name} is refused, and its text is in no draft`);
        shared.acknowledgeRefusal();
      }
      if (state.kind === 'read-only') report(`${this.name} may not write: ${state.reason}`);
    });
    shared.on('closed', ({ code, reason }) => report(`${this.name} is shut out: ${reason} (${code})`));
  }

  checkPromises(): void {
    for (const [desk, shared] of this.#open) this.#checkPromise(desk, shared);
  }

  diskSetBack(): void {
    this.#isUnaware = ['connected', 'connecting'].includes(this.#connection.status.kind);
  }

  /** "Saved" is a promise about everything on screen, for as long as the disk itself keeps what it has. */
  #checkPromise({ id }: Desk, shared: SharedDocument): void {
    const { ledger, report } = this.#around;
    if (this.#isUnaware) return;
    const channel = ledger.channel(id);
    if (shared.saveState.kind !== 'saved' || channel.coversDoc(shared.doc)) return;
    report(`I1: ${this.name} is told ${channelKey(id)} is saved, and it is not: ${channel.difference(shared.doc)}`);
  }

  /** Closes one of its documents, the connection stays. */
  leave(desk: Desk): void {
    this.#open.get(desk)!.close();
    this.#open.delete(desk);
    desk.close();
  }

  isSaved(): boolean {
    // A server that can save nothing is told of also to those who have nothing to save.
    const isSaved = ({ saveState, synced }: SharedDocument): boolean =>
      saveState.kind === 'saved' || (saveState.kind === 'busy' && saveState.changes === 0 && synced);
    return this.documents.every(isSaved);
  }

  isSynced(): boolean {
    return this.documents.every(({ synced }) => synced);
  }

  rename(): void {
    const { chance } = this.#around;
    this.#connection.setPerson({ name: `${this.name}-${chance.int(1, 99)}`, color: colorOf(chance) });
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  closeWhenSaved(closed: () => void): void {
    Promise.all(this.documents.map((shared) => shared.whenSaved())).then(
      // While one document was waited for, another one may have been changed again.
      () => (this.isSaved() ? closed() : this.closeWhenSaved(closed)),
      // Closed in the meantime: nobody waits any more.
      () => {},
    );
  }

  close(): void {
    this.#connection.close();
    for (const desk of this.desks) desk.close();
  }
}

export class StockPeer implements Peer {
  readonly name: ProcessName;
  readonly desks: readonly [Desk];
  readonly provider: WebsocketProvider;
  #isClosed = false;
  readonly #around: Surroundings;

  constructor(name: ProcessName, id: ChannelId, around: Surroundings) {
    this.name = name;
    this.#around = around;
    const { chance, clientId, network, report } = around;
    const doc = new Y.Doc();
    doc.clientID = clientId();
    this.provider = new WebsocketProvider('ws://weft.test/yjs', id.document, doc, {
      WebSocketPolyfill: network.webSocketFor(name) as unknown as typeof WebSocket,
      disableBc: true,
      // Some ask again and again whether they are in step.
      ...(chance.happens(0.3) && { resyncInterval: 5000 }),
    });
    const { awareness } = this.provider;
    awareness.setLocalStateField('user', { name, color: colorOf(chance) });
    const desk = new Desk({
      id,
      name,
      doc,
      presence: awareness,
      chance,
      report,
    });
    this.desks = [desk];
    this.provider.on('closed', ({ code, reason }) => report(`${name} is shut out: ${reason} (${code})`));
  }

  isSaved(): boolean {
    const [desk] = this.desks;
    return this.provider.synced && this.#around.ledger.channel(desk.id).coversDoc(desk.doc);
  }

  isSynced(): boolean {
    return this.provider.synced;
  }

  /** A stock client is promised nothing. */
  checkPromises(): void {}

  diskSetBack(): void {}

  rename(): void {
    const { chance } = this.#around;
    this.provider.awareness.setLocalStateField('user', { name: this.name, color: colorOf(chance) });
  }

  retryNow(): void {
    this.provider.connect();
  }

  closeWhenSaved(closed: () => void): void {
    const look = setInterval(() => {
      if (!this.isSaved() && !this.#isClosed) return;
      clearInterval(look);
      if (!this.#isClosed) closed();
    }, 500);
  }

  close(): void {
    this.#isClosed = true;
    this.desks[0].close();
    this.provider.destroy();
    this.desks[0].doc.destroy();
  }
}
