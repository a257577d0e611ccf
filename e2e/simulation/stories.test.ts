// Stories told on the simulated system: what a rule says, from the first key press to the last log entry.

import './date-now.js';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { reversedItem } from '../../packages/provider/test/histories.js';
import { simulateBrowsers } from './browsers.js';
import type { Conditions } from './conditions.js';
import type { Peer } from './peers.js';
import { DOCUMENTS, simulate } from './simulation.js';
import { World } from './world.js';

const [PLAN] = DOCUMENTS;

/** Of a world in which a forged item arrives in another order here than there, before the server notices who forges. */
const DIVERGING_SEED = 2;
const SLOW_DISK: Partial<Conditions> = { syncMs: [200, 200] };

/** In a world where nothing happens by itself. */
async function tell(
  story: (world: World) => Promise<void>,
  conditions: Partial<Conditions> = {},
  seed = 1,
): Promise<void> {
  const world = new World(seed, conditions);
  await world.tell(() => story(world));
}

test.each([
  ['peers', simulate],
  ['browsers', simulateBrowsers],
] as const)('the same seed gives the same run of %s, to the last step', async (_, simulateSeed) => {
  const runs: string[] = [];
  for (let run = 0; run < 2; run++) {
    const world = await simulateSeed(4);
    const entries = world.ledger.channels().flatMap((channel) => channel.entries.map(({ update }) => [...update]));
    runs.push(JSON.stringify([world.trace, entries]));
  }
  expect(runs[0]).toBe(runs[1]);
});

test('J2: a thousand returns of a stock client leave the length of the log unchanged', { timeout: 60_000 }, () =>
  tell(async (world) => {
    const writer = await world.joinWeft([PLAN]);
    const stock = await world.joinStock(PLAN);
    for (let key = 0; key < 100; key++) {
      const peer = key % 3 === 0 ? stock : writer;
      await world.clock.as(peer.name, () => void peer.desks[0]!.edit());
      await world.advance(50);
    }
    await world.advance(10_000);
    // Values that replaced each other at the same time are deleted by Yjs without a word; the first return says it.
    await comeBack(1);
    const { head } = world.ledger.channel(PLAN);
    await comeBack(1000);
    expect(stock.isSynced()).toBe(true);
    expect(world.ledger.channel(PLAN).head).toBe(head);
    expect(world.ledger.channel(PLAN).difference(stock.desks[0].doc)).toBe(null);

    async function comeBack(times: number): Promise<void> {
      for (let time = 0; time < times; time++) {
        await world.clock.as(stock.name, () => {
          stock.provider.disconnect();
          stock.provider.connect();
        });
        await world.advance(world.chance.int(0, 400));
      }
      await world.advance(10_000);
    }
  }),
);

test('I1, S5: with syncs of 200 ms a typist is told "saved" only then, and no caret of theirs vanishes', () =>
  tell(async (world) => {
    const typist = await world.joinWeft([PLAN]);
    const reader = await world.joinStock(PLAN);
    await world.advance(2000);
    const states = new Set<string>();
    for (let key = 0; key < 40; key++) {
      await world.clock.as(typist.name, () => {
        typist.desks[0]!.edit();
        typist.desks[0]!.moveCaret();
      });
      states.add(typist.documents[0]!.saveState.kind);
      await world.advance(30);
    }
    expect([...states]).toEqual(['saving']);
    await world.advance(5000);
    expect(typist.documents[0]!.saveState.kind).toBe('saved');
    expect(world.ledger.channel(PLAN).difference(reader.desks[0].doc)).toBe(null);
    // That every caret pointed into text that was there is watched by the desk.
  }, SLOW_DISK));

test('I1, I2: text is typed, the server is killed before the sync is done; nobody was promised it, and nothing is lost', () =>
  tell(async (world) => {
    const typist = await world.joinWeft([PLAN]);
    const reader = await world.joinWeft([PLAN]);
    await world.advance(2000);
    await world.clock.as(typist.name, () => void typist.desks[0]!.edit());
    await world.advance(150);
    world.server.kill();
    await world.advance(1000);
    expect(typist.documents[0]!.saveState).toMatchObject({ kind: 'offline', changes: 1 });
    expect(reader.desks[0]!.doc.store.clients.size).toBe(0);
    await world.server.start();
    await world.advance(60_000);
    expect(typist.documents[0]!.saveState.kind).toBe('saved');
    expect(reader.desks[0]!.doc.store.clients.has(typist.desks[0]!.doc.clientID)).toBe(true);
  }, SLOW_DISK));

test('L3: the disk is rolled back: it is noticed, and what the page shows is a draft and not merged', () =>
  tell(
    async (world) => {
      const writer = await world.joinWeft([PLAN]);
      const reader = await world.joinWeft([PLAN]);
      await type(world, writer, 30);
      const backup = world.disk.copy();
      await type(world, writer, 30);
      const { doc } = writer.desks[0]!;
      const written = world.ledger.channel(PLAN).head;
      world.server.kill();
      await world.rollBack(backup);
      expect(world.ledger.channel(PLAN).head).toBeLessThan(written);
      await world.advance(1000);
      await world.server.start();
      await world.advance(60_000);
      expect(world.alarms).toEqual([expect.stringContaining(`entries up to ${written}`)]);
      for (const { documents } of [writer, reader]) {
        expect(documents[0]!.saveState.kind).toBe('saved');
        expect(documents[0]!.drafts).toHaveLength(1);
      }
      expect(writer.documents[0]!.drafts[0]!.doc).toBe(doc);
      expect(world.ledger.channel(PLAN).difference(doc)).not.toBe(null);
      for (const peer of [writer, reader, await world.joinWeft([PLAN])]) {
        await world.advance(3000);
        expect(world.ledger.channel(PLAN).difference(peer.desks[0]!.doc)).toBe(null);
      }
    },
    { journalMaxBytes: 8 * 1024 * 1024 },
  ));

test('G3: a forged item makes pages diverge; half a minute later they show what the server has, and nothing is lost', () =>
  tell(
    async (world) => {
      const ann = await world.joinWeft([PLAN]);
      const bo = await world.joinWeft([PLAN]);
      const eve = await world.joinWeft([PLAN]);
      const pages = [ann, bo, eve];
      const textOf = (peer: Peer): Y.Text => peer.desks[0]!.doc.getText('text');
      const shown = () => new Set(pages.map((peer) => textOf(peer).toString()));
      await world.advance(2000);
      await world.clock.as(ann.name, () => textOf(ann).insert(0, 'abcdefgh'));
      await world.advance(3000);
      const { clientID } = ann.desks[0]!.doc;
      // Each sees their own first. It takes a few tries until that makes a difference.
      for (let round = 0; shown().size === 1 && round < 50; round++) {
        for (const peer of [ann, bo]) {
          await world.clock.as(peer.name, () => textOf(peer).insert(world.chance.int(1, 8), peer === ann ? 'A' : 'B'));
        }
        await world.clock.as(eve.name, () => {
          const { doc } = eve.desks[0]!;
          const id = Y.createID(world.clientId(), 0);
          const [right, left] = [world.chance.int(0, 3), world.chance.int(4, 7)];
          Y.applyUpdate(doc, reversedItem(id, Y.createID(clientID, left), Y.createID(clientID, right)), 'eve');
        });
        await world.advance(2000);
      }
      expect(shown().size).toBeGreaterThan(1);
      for (const { documents } of pages) expect(documents[0]!.saveState.kind).toBe('saved');
      const letters = [...textOf(ann).toString()].sort();

      await world.advance(60_000);
      expect(shown().size).toBe(1);
      expect([...textOf(ann).toString()].sort()).toEqual(letters);
      const drafts = pages.flatMap(({ documents }) => documents[0]!.drafts);
      expect(drafts.length).toBeGreaterThan(0);
      for (const { reason } of drafts) expect(reason).toContain('otherwise than the server');
      // Who comes now sees the same.
      pages.push(await world.joinWeft([PLAN]));
      await world.advance(3000);
      expect(shown().size).toBe(1);
    },
    {},
    DIVERGING_SEED,
  ));

async function type(world: World, { name, desks }: Peer, edits: number): Promise<void> {
  for (let left = edits; left > 0; left--) {
    await world.clock.as(name, () => void desks[0]!.edit());
    await world.advance(50);
  }
  await world.advance(3000);
}
