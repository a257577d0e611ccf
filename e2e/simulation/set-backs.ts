// The disk is set back under the system: its newest writes are gone, or a copy of earlier is put in its place (L3). What must
// be true then: whoever shows text that was acknowledged and is lost ends up with it in the document or in a draft; an
// alarm was raised if it is in no document; and all show one text, as always.

import type { SharedDocument } from '@weft/provider';
import * as Y from 'yjs';
import type { ChannelId } from '../../server/src/log/document-log.js';
import { channelKey, type DurableChannel } from './ledger.js';
import { StockPeer, WeftPeer } from './peers.js';
import type { DiskImage } from './simulated-disk.js';
import { LONGEST_STALL_MS } from './troubles.js';
import type { World } from './world.js';

type Clocks = ReadonlyMap<number, number>;

/** What somebody showed of the text that was lost. */
interface Held {
  readonly peer: WeftPeer;
  readonly id: ChannelId;
  /** Its stay at the document: who closes a document has let its drafts go. */
  readonly shared: SharedDocument;
  /** By client: up to where it showed acknowledged structs that are gone. */
  readonly lost: Clocks;
}

export class SetBacks {
  readonly #world: World;
  #backup: DiskImage | null = null;
  readonly #held: Held[] = [];
  #hasHappened = false;

  constructor(world: World) {
    this.#world = world;
  }

  backUp(): void {
    this.#backup = this.#world.disk.copy();
    this.#world.note('a copy of the disk is made');
  }

  /** The newest writes are gone, and nothing else. */
  async loseTail(): Promise<void> {
    const { chance, disk, server } = this.#world;
    server.kill();
    await this.#setBack(disk.before(chance.int(1, 30)), 'the newest writes are lost');
  }

  /** The last copy is put back: the store alone, or with the watermark beside it. */
  async bringCopyBack(): Promise<void> {
    if (this.#backup === null) return;
    const { chance, disk, server } = this.#world;
    server.kill();
    const { watermark } = chance.happens(0.5) ? disk.copy() : this.#backup;
    await this.#setBack({ ...this.#backup, watermark }, 'the store is set back');
  }

  async #setBack(image: DiskImage, why: string): Promise<void> {
    const world = this.#world;
    const before = new Map(world.ledger.channels().map((channel) => [channelKey(channel.id), channel]));
    await world.rollBack(image);
    world.restartLater(why);
    this.#hasHappened = true;
    for (const [key, state] of world.creations) if (state === 'done') world.creations.set(key, 'asked for');
    for (const peer of world.peers) {
      if (!(peer instanceof WeftPeer)) continue;
      for (const [{ id }, shared] of peer.open) {
        const lost = lostOf(shared.doc, before.get(channelKey(id)), world.ledger.channel(id));
        if (lost.size > 0) this.#held.push({ peer, id, shared, lost });
      }
    }
  }

  /** Stock clients cannot know of a new epoch, and what they wrote before it is not taken: their people reload the page. */
  async reloadStockPages(): Promise<void> {
    const world = this.#world;
    if (!this.#hasHappened) return;
    for (const peer of world.peers.filter((other) => other instanceof StockPeer)) {
      await world.remove(peer);
      await world.joinStock(peer.desks[0]!.id);
    }
    // A disk that stalls keeps back what they say when they come.
    await world.advance(LONGEST_STALL_MS);
  }

  /** When all have come back. */
  check(): void {
    const world = this.#world;
    for (const { peer, id, shared, lost } of this.#held) {
      if (!world.peers.includes(peer) || !peer.documents.includes(shared)) continue;
      const kept = [shared.doc, ...shared.drafts.map(({ doc }) => doc)];
      if (!kept.some((doc) => covers(doc, lost))) {
        world.report(`L3: ${peer.name} showed text of ${channelKey(id)} that is lost, and has it no more`);
      }
      if (!covers(world.ledger.channel(id).doc, lost) && world.alarms.length === 0) {
        world.report(`L3: ${channelKey(id)} has lost text that ${peer.name} showed, and there is no alarm`);
      }
    }
  }
}

/** What of `doc` was on disk, and is not any more. */
function lostOf(doc: Y.Doc, before: DurableChannel | undefined, left: DurableChannel): Clocks {
  const lost = new Map<number, number>();
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(doc))) {
    const acknowledged = Math.min(clock, before ? Y.getState(before.doc.store, client) : 0);
    if (acknowledged > Y.getState(left.doc.store, client)) lost.set(client, acknowledged);
  }
  return lost;
}

const covers = (doc: Y.Doc, clocks: Clocks): boolean =>
  [...clocks].every(([client, clock]) => Y.getState(doc.store, client) >= clock);
