// The ledger: what is on disk, read from the disk's own writes and not from what the server says. Per channel the entries
// in order and a Y.Doc made of them; everything that is promised or sent is held against it (I1, I2, I3, I7).

import * as Y from 'yjs';
import { checkUpdate } from '../../server/src/gate/check-update.js';
import { type Change, KnownState } from '../../server/src/gate/known-state.js';
import { noteOwners } from '../../server/src/gate/owners.js';
import type { ChannelId, Entry, Seq } from '../../server/src/log/document-log.js';
import type { Operation } from '../../server/src/log/key-value-store.js';
import { readEntries, readRuns } from '../../server/src/log/level/entries.js';
import { RecordKind, unseal } from '../../server/src/log/level/record.js';
import { isVandalsName, samePerson } from './persons.js';

const journalPrefix = Buffer.from('journal/');

export const channelKey = ({ document, kind }: ChannelId): string => `${document} (${kind})`;

export class Ledger {
  /** Clients may know more than the disk does. */
  wasRolledBack = false;
  readonly #channels = new Map<string, DurableChannel>();
  readonly #report: (violation: string) => void;

  constructor(report: (violation: string) => void) {
    this.#report = report;
  }

  channel(id: ChannelId): DurableChannel {
    const key = channelKey(id);
    let channel = this.#channels.get(key);
    if (!channel) {
      channel = new DurableChannel(id, (violation) => this.#report(`${key}: ${violation}`));
      this.#channels.set(key, channel);
    }
    return channel;
  }

  /** The channels that have entries. */
  channels(): readonly DurableChannel[] {
    return [...this.#channels.values()].filter(({ head }) => head > 0);
  }

  /** The disk was set back: what follows is held against what is left. To be called while nobody is connected. */
  rollBack(left: readonly { readonly id: ChannelId; readonly entries: readonly Entry[] }[]): void {
    this.wasRolledBack = true;
    this.#channels.clear();
    for (const { id, entries } of left) for (const entry of entries) this.channel(id).add(entry);
  }

  /** A batch is on disk. */
  written(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.type === 'del' || !Buffer.from(operation.key).subarray(0, 8).equals(journalPrefix)) continue;
      for (const run of readRuns(unseal(operation.key, operation.value, RecordKind.journal).content)) {
        const channel = this.channel(run.id);
        for (const entry of readEntries(run)) channel.add(entry);
      }
    }
  }
}

export class DurableChannel {
  readonly id: ChannelId;
  readonly entries: Entry[] = [];
  readonly doc = quietDoc();
  readonly #report: (violation: string) => void;
  readonly #sent = new Set<string>();
  /** What the gate knows after all entries. Unlike the Y.Doc it has no deletions that nobody sent. */
  readonly #known = new KnownState();
  readonly #owners = new Map<number, string>();

  constructor(id: ChannelId, report: (violation: string) => void) {
    this.id = id;
    this.#report = report;
  }

  get head(): Seq {
    return this.entries.length;
  }

  add(entry: Entry): void {
    const { seq, timeMs, outboxId, clientSeq, update } = entry;
    if (seq !== this.head + 1) this.#report(`I3: entry ${seq} was written after entry ${this.head}`);
    if (timeMs < (this.entries.at(-1)?.timeMs ?? 0)) this.#report(`L7: the time of entry ${seq} goes back`);
    if (outboxId !== '') {
      const key = `${outboxId} ${clientSeq}`;
      if (this.#sent.has(key)) this.#report(`S1: clientSeq ${clientSeq} of one outbox is in the log twice`);
      this.#sent.add(key);
    }
    const verdict = checkUpdate(update, this.#known);
    if (verdict.kind === 'new' && !verdict.withheld) {
      this.#checkAuthor(entry, verdict.change);
      this.#known.add(verdict.change);
    } else this.#report(`J2: entry ${seq} is ${verdict.kind}`);
    this.entries.push(entry);
    Y.applyUpdate(this.doc, update);
    if (hasPending(this.doc)) this.#report(`I7: entry ${seq} builds on something that is not in the log`);
  }

  /** G4: nobody writes under an id of somebody else, and of what vandals send nothing is taken. */
  #checkAuthor({ seq, author }: Entry, change: Change): void {
    if (isVandalsName(author)) this.#report(`G4: entry ${seq} is a vandal's`);
    for (const { client } of change.structs) {
      const owner = this.#owners.get(client) ?? author;
      if (!samePerson(owner, author)) this.#report(`G4: "${author}" wrote under the id ${client} of "${owner}"`);
    }
    noteOwners(this.#owners, change, author);
  }

  /** The clients that have written, each with the clock its next struct will have. */
  writers(): { readonly client: number; readonly clock: number }[] {
    return [...this.#owners.keys()].map((client) => ({ client, clock: this.#known.clockOf(client) }));
  }

  /** Whether everything an update says is on disk. */
  covers(update: Uint8Array): boolean {
    const { structs, ds } = Y.decodeUpdate(update);
    const clocks = clocksOf(this.doc);
    for (const { id, length } of structs) if ((clocks.get(id.client) ?? 0) < id.clock + length) return false;
    return hasDeletes(this.doc, ds);
  }

  /** Whether everything in a document is on disk. */
  coversDoc(doc: Y.Doc): boolean {
    return (
      this.coversStateVector(Y.encodeStateVector(doc)) &&
      hasDeletes(this.doc, Y.createDeleteSetFromStructStore(doc.store))
    );
  }

  coversStateVector(stateVector: Uint8Array): boolean {
    const clocks = clocksOf(this.doc);
    for (const [client, clock] of Y.decodeStateVector(stateVector)) {
      if ((clocks.get(client) ?? 0) < clock) return false;
    }
    return true;
  }

  /** What differs between a document and the log, in words; null when nothing does. */
  difference(doc: Y.Doc): string | null {
    return differenceOf(doc, this.doc);
  }
}

/** A document that adds nothing to what it is given: Yjs would tidy up formatting after an update, by new deletions. */
export function quietDoc(): Y.Doc {
  const doc = new Y.Doc();
  doc.on('afterTransaction', (transaction) => {
    transaction._needFormattingCleanup = false;
  });
  return doc;
}

export const hasPending = ({ store }: Y.Doc): boolean => store.pendingStructs !== null || store.pendingDs !== null;

/** What makes two documents different, in words; null when nothing does. */
export function differenceOf(one: Y.Doc, other: Y.Doc): string | null {
  if (hasPending(one) || hasPending(other)) return 'something is pending';
  const [mine, theirs] = [clocksOf(one), clocksOf(other)];
  for (const client of new Set([...mine.keys(), ...theirs.keys()])) {
    if (mine.get(client) !== theirs.get(client)) {
      return `client ${client} is at ${mine.get(client) ?? 0} and ${theirs.get(client) ?? 0}`;
    }
  }
  const myDeletes = Y.createDeleteSetFromStructStore(one.store);
  const theirDeletes = Y.createDeleteSetFromStructStore(other.store);
  if (!Y.equalDeleteSets(myDeletes, theirDeletes)) {
    return `the deletions differ: ${printDeletes(myDeletes)} and ${printDeletes(theirDeletes)}`;
  }
  const [myText, theirText] = [contentOf(one), contentOf(other)];
  if (myText === theirText) return null;
  let at = 0;
  while (myText[at] === theirText[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 60), at + 60);
  return `the content differs: …${around(myText)}… and …${around(theirText)}…`;
}

const clocksOf = (doc: Y.Doc): Map<number, number> => Y.decodeStateVector(Y.encodeStateVector(doc));

/** Everything a reader could see, roots by name. */
export function contentOf(doc: Y.Doc): string {
  return JSON.stringify({
    fragment: doc.getXmlFragment('prosemirror').toString(),
    text: doc.getText('text').toDelta(),
    meta: doc.getMap('meta').toJSON(),
    notes: doc.getArray('notes').toJSON(),
    tokens: doc.getArray('tokens').toJSON(),
  });
}

function printDeletes({ clients }: ReturnType<typeof Y.createDeleteSetFromStructStore>): string {
  const parts = [...clients].map(
    ([client, ranges]) => `${client}: ${ranges.map(({ clock, len }) => `${clock}+${len}`)}`,
  );
  return `{${parts.sort().join('; ')}}`;
}

type DeleteSet = ReturnType<typeof Y.createDeleteSetFromStructStore>;

/** Whether everything in `deletes` is deleted in `doc`. */
function hasDeletes(doc: Y.Doc, deletes: DeleteSet): boolean {
  for (const [client, ranges] of deletes.clients) {
    const structs = doc.store.clients.get(client) ?? [];
    for (const { clock, len } of ranges) {
      let at = clock;
      if (Y.getState(doc.store, client) < clock + len) return false;
      for (let index = Y.findIndexSS(structs, clock); at < clock + len; index++) {
        const struct = structs[index]!;
        if (!struct.deleted) return false;
        at = struct.id.clock + struct.length;
      }
    }
  }
  return true;
}
