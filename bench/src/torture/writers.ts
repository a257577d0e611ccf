// Those who write under torture: through both dialects, into documents they share, keeping their Y.Docs while the server
// dies and comes back. What they are told goes into the ledger of the document.

import type { Connection, Rung } from '@weft/provider';
import * as prng from 'lib0/prng';
import {
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromTypeIndex,
  Doc,
  getState,
  type RelativePosition,
  type YTextEvent,
} from 'yjs';
import { OwnChanges } from '../own-changes.js';
import { type Change, type Ledger, tokensIn, tokenText } from './ledger.js';
import { ServerAddress } from './server-address.js';
import { YjsClient } from './yjs-client.js';

const RECONNECT_MS = 20;

/** A document under torture. */
export interface Target {
  readonly document: string;
  readonly ledger: Ledger;
}

export interface WriterSetup {
  /** Of which build of the provider it is. */
  readonly Connection: typeof Connection;
  readonly address: ServerAddress;
  readonly random: prng.PRNG;
  /** A name no other writer of the run has, a letter and a number: its tokens begin with it. */
  readonly nextName: (letter: string) => string;
  /** Something that must never happen. */
  readonly onFault: (fault: string) => void;
  /** Whether it tries again without a pause when it is cut off, as who looks for faults in a hurry does, and no client does. */
  readonly comesAtOnce: boolean;
  /** The server no longer has what this person holds: said by a new Y.Doc, or by a refusal. */
  readonly onTurnedDown: (fault: string) => void;
}

/** How a dialect makes changes and hears of them. */
interface Hand {
  readonly doc: Doc;
  make(change: Change, transact: () => void): void;
  whenAllSaved(): Promise<void>;
}

/** One writer in one document. */
export class Writer {
  readonly target: Target;
  readonly #name: string;
  readonly #random: prng.PRNG;
  readonly #hand: Hand;
  #tokens = 0;
  /** Behind what it typed last. */
  #caret: RelativePosition | null = null;
  #paste: { readonly name: string; readonly text: string } | null = null;

  constructor(name: string, target: Target, random: prng.PRNG, hand: Hand) {
    this.#name = name;
    this.target = target;
    this.#random = random;
    this.#hand = hand;
    hand.doc.getText('text').observe((event: YTextEvent) => {
      for (const { insert } of event.delta) {
        if (typeof insert !== 'string') continue;
        for (const token of tokensIn(insert)) if (!token.startsWith(`${name}.`)) target.ledger.seen(token);
      }
    });
  }

  /**
   * Writes a short token where one ends or begins, so that none is ever torn by another: mostly where it wrote last or at the end.
   * Dozens who begin at one place anew with every token, and do not see each other for a minute, are refused, and rightly.
   * @returns the token's name
   */
  type(): string {
    const { doc } = this.#hand;
    const text = doc.getText('text');
    const change = { adds: this.#nextName(), removes: null };
    const where = prng.uint32(this.#random, 0, 9);
    let position = 0;
    if (where === 0) {
      const from = prng.uint32(this.#random, 0, text.length);
      position = text.toString().indexOf('<', from);
      if (position < 0) position = text.length;
    } else if (where < 5) position = text.length;
    else if (this.#caret) position = createAbsolutePositionFromRelativePosition(this.#caret, doc)?.index ?? 0;
    const token = tokenText(change.adds);
    this.#make(change, () => text.insert(position, token));
    this.#caret = createRelativePositionFromTypeIndex(text, position + token.length, -1);
    return change.adds;
  }

  /** Writes a token as long as a pasted chapter, in the place of the last one of this writer. */
  paste(filler: string): void {
    const text = this.#hand.doc.getText('text');
    const old = this.#paste;
    const change = { adds: this.#nextName(), removes: old?.name ?? null };
    const token = tokenText(change.adds, filler);
    this.#make(change, () => {
      const at = old === null ? -1 : text.toString().indexOf(old.text);
      if (at >= 0) text.delete(at, old!.text.length);
      text.insert(Math.max(at, 0), token);
    });
    this.#paste = { name: change.adds, text: token };
  }

  /** Resolves once everything it wrote is acknowledged. */
  whenAllSaved(): Promise<void> {
    return this.#hand.whenAllSaved();
  }

  #nextName(): string {
    this.#tokens += 1;
    return `${this.#name}.${this.#tokens}`;
  }

  #make(change: Change, edit: () => void): void {
    this.target.ledger.wrote(change);
    this.#hand.make(change, () => this.#hand.doc.transact(edit));
  }
}

/** What somebody has of a document. */
export interface Copy {
  readonly owner: string;
  readonly target: Target;
  /** On the screen. */
  readonly text: string;
  /** Kept aside. */
  readonly drafts: readonly string[];
  /** Whether the server was willing to go on with it. */
  readonly isLive: boolean;
}

/** Somebody with a connection, writing in one document or several. */
export interface Person {
  readonly writers: readonly Writer[];
  /** What it has of each of its documents at present. */
  copies(): readonly Copy[];
  /** Call when the server is back: tries at once instead of later. */
  serverIsBack(): void;
  close(): void;
}

/** One `weft` connection with all documents open on it, carried by WebSocket, event stream or polls. */
export function weftPerson(targets: readonly Target[], rung: Rung, setup: WriterSetup): Person {
  const { Connection, address, comesAtOnce, random, nextName, onFault, onTurnedDown } = setup;
  const name = nextName('w');
  const connection = new Connection({
    url: `${ServerAddress.base}/weft`,
    person: { name, color: '#2a6f97' },
    client: 'weft-torture',
    WebSocket: address.WebSocket,
    fetch: address.fetch,
    // A server that is away is no network that lets nothing through.
    transports: [rung],
    memory: { read: () => null, write: () => {} },
    random: () => prng.real53(random),
  });
  connection.on('status', (status) => {
    if (comesAtOnce && status.kind === 'waiting' && address.url !== null) setImmediate(() => connection.retryNow());
    if (status.kind === 'stopped') onFault(`${name} was turned away: ${status.reason}`);
  });
  const documents = targets.map((target) => ({ target, document: connection.open(target.document) }));
  const writers = documents.map(({ target, document }) => {
    const changes = new OwnChanges<Change>(
      document,
      (change) => target.ledger.acknowledge(change),
      (reason) => onTurnedDown(`${name} was refused: ${reason}`),
    );
    document.on('doc', () => onTurnedDown(`${name} was given another Y.Doc`));
    const hand: Hand = {
      doc: document.doc,
      make: (change, transact) => changes.make(change, transact),
      whenAllSaved: () => document.whenSaved(),
    };
    return new Writer(nextName('w'), target, random, hand);
  });
  return {
    writers,
    copies: () =>
      documents.map(({ target, document }) => ({
        owner: name,
        target,
        text: textOf(document.doc),
        drafts: document.drafts.map((draft) => textOf(draft.doc)),
        isLive: true,
      })),
    serverIsBack: () => connection.retryNow(),
    close: () => connection.close(),
  };
}

/** A stock client: one connection, one document. */
export function yjsPerson(target: Target, setup: WriterSetup): Person {
  const { address, random, nextName, onTurnedDown } = setup;
  const name = nextName('y');
  const doc = new Doc();
  let isLive = true;
  let waiting: { readonly change: Change; readonly clock: number }[] = [];
  let whenAllSaved: (() => void)[] = [];
  const client = new YjsClient({
    doc,
    open: () => new address.WebSocket(`${ServerAddress.base}/yjs/${encodeURIComponent(target.document)}`),
    onSaved: (saved) => {
      for (const { change, clock } of waiting) if (clock <= saved) target.ledger.acknowledge(change);
      waiting = waiting.filter(({ clock }) => clock > saved);
      if (waiting.length > 0) return;
      for (const resolve of whenAllSaved) resolve();
      whenAllSaved = [];
    },
    // While the server is gone for good, `serverIsBack` says when to come.
    onClosed: () => {
      if (address.url !== null) setTimeout(() => client.connect(), RECONNECT_MS);
    },
    onRefused: (reason) => {
      isLive = false;
      onTurnedDown(`${name} was refused: ${reason}`);
    },
  });
  const hand: Hand = {
    doc,
    make: (change, transact) => {
      transact();
      waiting.push({ change, clock: getState(doc.store, doc.clientID) });
    },
    whenAllSaved: () =>
      waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => whenAllSaved.push(resolve)),
  };
  return {
    writers: [new Writer(name, target, random, hand)],
    copies: () => [{ owner: name, target, text: textOf(doc), drafts: [], isLive }],
    serverIsBack: () => client.connect(),
    close: () => client.close(),
  };
}

const textOf = (doc: Doc): string => doc.getText('text').toString();
