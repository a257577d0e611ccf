// What has to be true when nobody writes any more and everybody is connected: all documents are one, and the same as the
// log however it is read; whoever comes now adds nothing; when all are gone nothing is left running.

import { inflateRawSync } from 'node:zlib';
import * as Y from 'yjs';
import { inlineHistory } from '../../server/src/history/inline-history.js';
import type { DocumentInfo, OpenChannel } from '../../server/src/log/document-log.js';
import type { Desk } from './desk.js';
import { channelKey, type DurableChannel, differenceOf, hasPending, quietDoc } from './ledger.js';
import { type Peer, WeftPeer } from './peers.js';
import { personOf } from './persons.js';
import { openLog } from './simulated-server.js';
import type { World } from './world.js';

/** The longest any one thing needs: a dead connection is noticed after 90 s, and a pause between two tries is 30 s. */
const SETTLES_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 500;
const CARETS_ARRIVE_WITHIN_MS = 5_000;
/** A connection that ended without a word is given up after three rounds of pings; stock clients forget 30 s later. */
const GHOSTS_STAY_MS = 130_000;
/** With workers that fail and have to be asked again. */
const JOIN_WITHIN_MS = 30_000;
/** After this long without anybody, rooms are closed and every timer of a peer has ended. */
const EVERYTHING_ENDS_WITHIN_MS = 60_000;

export async function checkRest(world: World): Promise<void> {
  await settle(world);
  // Those who are here are seen at once; a ghost is seen until its connection is given up.
  await stayAtRest(world, CARETS_ARRIVE_WITHIN_MS);
  checkPresence(world, 'may see ghosts');
  await stayAtRest(world, GHOSTS_STAY_MS);
  checkPresence(world, 'sees no ghosts');
  const heads = new Map(world.ledger.channels().map((channel) => [channel, channel.head]));
  await checkNewcomers(world);
  for (const [channel, head] of heads) {
    // Who opens a document may tidy up formatting: Yjs does, by deleting what has no effect.
    const added = channel.entries.slice(head).filter(({ update }) => Y.decodeUpdate(update).structs.length > 0);
    if (added.length > 0) world.report(`J2: ${added.length} entries more after newcomers in ${channelKey(channel.id)}`);
  }
  for (const peer of [...world.peers]) await world.remove(peer);
  await world.advance(EVERYTHING_ENDS_WITHIN_MS);
  await world.server.stop();
  await world.advance(EVERYTHING_ENDS_WITHIN_MS);
  if (world.clock.pending() > 0) world.report(`timers are alive at the end: ${world.clock.owners()}`);
  await checkLog(world);
}

/** Lets time pass until all are one. */
export async function settle(world: World): Promise<void> {
  for (let leftMs = SETTLES_WITHIN_MS; firstDifference(world) !== null; leftMs -= LOOK_EVERY_MS) {
    if (leftMs <= 0) throw new Error(`it does not come to rest: ${firstDifference(world)}`);
    await world.advance(LOOK_EVERY_MS);
  }
}

async function stayAtRest(world: World, ms: number): Promise<void> {
  await world.advance(ms);
  const difference = firstDifference(world);
  if (difference !== null) throw new Error(`it was at rest, and then: ${difference}`);
}

function firstDifference(world: World): string | null {
  if (!world.server.isUp) return 'the server is down';
  for (const peer of world.peers) {
    if (!world.network.isConnected(peer.name)) return `${peer.name} is not connected`;
    if (!peer.isSynced()) return `${peer.name} is not in step`;
    if (!peer.isSaved()) return `${peer.name} has unsaved changes`;
    for (const desk of peer.desks) {
      const difference = world.ledger.channel(desk.id).difference(desk.doc);
      if (difference !== null) return `${desk.name}: ${difference}`;
    }
  }
  return null;
}

/** Everybody sees everybody who is at the same document with the state they have: stock clients each desk, Weft each person once. */
function checkPresence({ peers, report }: World, ghosts: 'may see ghosts' | 'sees no ghosts'): void {
  const seats = peers.flatMap((peer) => peer.desks.map((desk) => ({ desk, peer })));
  for (const { desk, peer } of seats) {
    const here = seats.filter(({ desk: { id } }) => id === desk.id);
    const seen = desk.presence.getStates();
    const others = groupsOf(
      here.filter((other) => other.desk !== desk),
      peer,
    );
    for (const { person, desks } of others) {
      const shown = desks.filter(({ presence }) => seen.has(presence.clientID));
      const isGhost = [...seen.values()].some((state) => userOf(state).person === person);
      if (shown.length === 0 && ghosts === 'may see ghosts' && person !== '' && isGhost) continue;
      if (shown.length !== 1) report(`${desk.name} sees ${shown.length} of ${desks.map(({ name }) => name)}`);
      for (const { name, presence } of shown) {
        const [theirs, own] = [seen, presence.getStates()].map((states) => states.get(presence.clientID));
        if (stateOf(theirs) !== stateOf(own)) {
          report(`${desk.name} sees ${name} as ${stateOf(theirs)}, it is ${stateOf(own)}`);
        }
        const { role } = userOf(theirs);
        if (role !== 'editor') report(`${desk.name} sees ${name} in the role ${role}`);
      }
    }
    // Itself it sees as it chose to be seen.
    if (!seen.has(desk.presence.clientID)) report(`${desk.name} does not see itself`);
    if (ghosts === 'sees no ghosts' && seen.size !== others.length + 1) {
      report(`${desk.name} sees ${[...seen.keys()]}, here are ${here.map((other) => other.desk.presence.clientID)}`);
    }
  }
}

interface Seat {
  readonly desk: Desk;
  readonly peer: Peer;
}

/** Of each of these one is to be seen. */
function groupsOf(others: readonly Seat[], viewer: Peer): { readonly person: string; readonly desks: Desk[] }[] {
  const groups = new Map<string, { readonly person: string; readonly desks: Desk[] }>();
  for (const { desk, peer } of others) {
    const person = viewer instanceof WeftPeer ? personOf(peer.name) : '';
    if (person !== '' && person === personOf(viewer.name)) continue;
    const key = person || desk.name;
    const group = groups.get(key) ?? { person, desks: [] };
    groups.set(key, group);
    group.desks.push(desk);
  }
  return [...groups.values()];
}

const userOf = (state: Record<string, unknown> | undefined): Record<string, unknown> =>
  (state?.user ?? {}) as Record<string, unknown>;

/** What one chooses oneself; person and role are the server's. */
function stateOf(state: Record<string, unknown> | undefined): string {
  const { name, color } = userOf(state);
  return JSON.stringify({ cursor: state?.cursor ?? null, user: { name, color } });
}

/** Somebody new of each kind gets what all have. */
async function checkNewcomers(world: World): Promise<void> {
  for (const { id } of world.ledger.channels()) {
    const weft = await world.joinWeft([id]);
    const stock = id.kind === 'content' ? await world.joinStock(id) : null;
    const all: readonly Peer[] = stock ? [weft, stock] : [weft];
    for (let leftMs = JOIN_WITHIN_MS; leftMs > 0 && !all.every((peer) => peer.isSynced()); leftMs -= LOOK_EVERY_MS) {
      await world.advance(LOOK_EVERY_MS);
    }
    await world.advance(LOOK_EVERY_MS);
    for (const peer of all) {
      const difference = peer.isSynced()
        ? world.ledger.channel(id).difference(peer.desks[0]!.doc)
        : 'it is not in step';
      if (difference !== null) world.report(`newcomer ${peer.name} at ${channelKey(id)}: ${difference}`);
      await world.remove(peer);
    }
  }
}

/** The log, opened once more by itself: its entries are those that were written, and any way of reading them is the text. */
async function checkLog(world: World): Promise<void> {
  await world.clock.complete('auditor', async () => {
    const log = await openLog(async () => world.disk.openCopy(), { onFailure: ({ message }) => world.report(message) });
    for (const channel of world.ledger.channels()) {
      const open = await log.open(channel.id, { durable: () => {} });
      const fault = await faultIn(open, channel, world.conditions.workFails > 0);
      if (fault !== null) world.report(`${channelKey(channel.id)}: ${fault}`);
      await open.close();
      await checkDescription(world, channel, await log.document(channel.id.document));
    }
    const listed = (await log.documents()).map(({ name }) => name);
    for (const [name, state] of world.creations) {
      if (state === 'done' && !listed.includes(name)) world.report(`J4: ${name} was created and is gone`);
    }
    const known = [...world.creations.keys(), ...world.ledger.channels().map(({ id }) => id.document)];
    for (const name of listed) if (!known.includes(name)) world.report(`J4: nobody wrote or created ${name}`);
    await log.close();
  });
}

/** J4: what the list of documents says is what the text says. */
async function checkDescription(world: World, { id, entries }: DurableChannel, info: DocumentInfo | null) {
  if (!info) return world.report(`J4: ${id.document} is not in the list of documents`);
  if (id.kind !== 'content' || world.conditions.workFails > 0) return;
  const updates = entries.map(({ update }) => update);
  const expected = await inlineHistory.describe({ checkpointState: null, updates });
  for (const key of ['title', 'excerpt', 'characters'] as const) {
    if (info[key] !== expected[key]) world.report(`J4: ${key} of ${id.document} is ${info[key]}, not ${expected[key]}`);
  }
}

async function faultIn(open: OpenChannel, channel: DurableChannel, workFails: boolean): Promise<string | null> {
  if (open.head !== channel.head) return `the log ends at ${open.head}, ${channel.head} were written`;
  const entries = await open.entriesAfter(0);
  for (const [index, entry] of channel.entries.entries()) {
    const found = entries[index];
    if (found?.seq !== entry.seq || found.outboxId !== entry.outboxId || found.clientSeq !== entry.clientSeq) {
      return `entry ${index + 1} is another one`;
    }
    if (Buffer.compare(found.update, entry.update) !== 0) return `entry ${index + 1} has other bytes`;
  }
  const replayed = quietDoc();
  for (const { update } of entries) Y.applyUpdate(replayed, update);
  const difference = channel.difference(replayed);
  if (difference !== null) return `entry by entry the log gives another document: ${difference}`;

  const { checkpoint } = open;
  if (checkpoint === null) return workFails ? null : 'a room was closed without a checkpoint';
  const shortened = quietDoc();
  Y.applyUpdate(shortened, new Uint8Array(inflateRawSync(checkpoint.state)));
  if (hasPending(shortened)) return 'I7: the checkpoint lacks what it builds on';
  for (const { update } of entries.slice(checkpoint.seq)) Y.applyUpdate(shortened, update);
  const shortcut = differenceOf(shortened, replayed);
  return shortcut === null ? null : `I4: checkpoint ${checkpoint.seq} and the entries after it differ: ${shortcut}`;
}
