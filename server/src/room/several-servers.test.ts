import { inflateRawSync } from 'node:zlib';
import type { DocumentName } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { quietDialect } from '../../test/room-bench.js';
import { AuditCheck } from '../access/audit-record.js';
import { inlineHistory } from '../history/inline-history.js';
import { stateChecks } from '../history/state-checks.js';
import type { ChannelId } from '../log/document-log.js';
import { openPostgresLog, type PostgresLog } from '../log/postgres/postgres-log.js';
import { PostgresServer } from '../log/test/postgres-server.js';
import { Findings } from '../log/verify-report.js';
import type { Member, News, Outgoing } from './member.js';
import type { Room } from './room.js';
import { RoomRegistry } from './room-registry.js';
import type { Seat } from './seat.js';

const id: ChannelId = { document: 'a' as DocumentName, kind: 'content' };

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: rooms on several servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

interface Server {
  readonly log: PostgresLog;
  readonly registry: RoomRegistry;
}

/** Somebody who writes words into a list, keeps what is not saved, and brings it to whichever server they come to next. */
class Writer implements Member {
  readonly dialect = quietDialect;
  readonly hasRoom = true;
  readonly name: string;
  readonly doc = new Y.Doc();
  readonly words = this.doc.getArray<string>('words');
  /** Words that were said to be saved. */
  readonly saved_: string[] = [];
  dismissals = 0;
  readonly #outbox: { readonly clientSeq: number; readonly update: Uint8Array; readonly word: string }[] = [];
  #clientSeq = 0;
  #seat: Seat | null = null;
  #room: Room | null = null;
  /** What was submitted is not taken: it is brought again with the next seat. */
  #isDiscarding = false;
  #server: Server;
  #ears: (() => void)[] = [];

  constructor(name: string, server: Server) {
    this.name = name;
    this.#server = server;
  }

  async come(server = this.#server): Promise<void> {
    this.leave();
    this.#server = server;
    await server.registry.enter(id, (room) => this.#sit(room));
  }

  leave(): void {
    this.#seat?.leave();
    this.#seat = null;
  }

  write(word: string, random: prng.PRNG): void {
    let update: Uint8Array = new Uint8Array();
    const keep = (made: Uint8Array): void => {
      update = made;
    };
    this.doc.on('update', keep);
    this.doc.transact(() => {
      const filler = this.words.toArray().indexOf('…');
      if (filler >= 0 && prng.bool(random)) this.words.delete(filler);
      this.words.insert(prng.int32(random, 0, this.words.length), [word, '…']);
    });
    this.doc.off('update', keep);
    this.#clientSeq += 1;
    this.#outbox.push({ clientSeq: this.#clientSeq, update, word });
    this.#submit(this.#outbox.at(-1)!);
  }

  get isSaved(): boolean {
    return this.#outbox.length === 0;
  }

  /** Resolves once everything it wrote is saved, or it waits in vain, because it has no seat. */
  async whenSaved(): Promise<void> {
    while (!this.isSaved) await new Promise<void>((resolve) => this.#ears.push(resolve));
  }

  async hears(count: number): Promise<void> {
    while (this.words.toArray().filter((word) => word !== '…').length < count) {
      await new Promise<void>((resolve) => this.#ears.push(resolve));
    }
  }

  send(out: Outgoing): void {
    const { news } = out as { readonly news?: News };
    for (const update of news?.updates ?? []) Y.applyUpdate(this.doc, update);
    this.#wake();
  }

  saved(clientSeq: number): void {
    while (this.#outbox[0] && this.#outbox[0].clientSeq <= clientSeq) this.saved_.push(this.#outbox.shift()!.word);
    this.#wake();
  }

  dismissed(): void {
    this.dismissals += 1;
    this.#seat = null;
    void this.come();
  }

  fellBehind(): void {}

  /** The room's state on disk and this one's are equal. */
  get isInStep(): boolean {
    return Buffer.compare(Y.encodeStateVector(this.doc), this.#room!.durableStateVector()) === 0;
  }

  #sit(room: Room): void {
    const { base, checkpoint } = room.startFor(0);
    if (checkpoint !== null) Y.applyUpdate(this.doc, inflateRawSync(checkpoint.state));
    for (const update of room.tail.after(base)!) Y.applyUpdate(this.doc, update);
    const seat = room.join({ member: this, access: 'write', author: this.name, outboxId: `outbox of ${this.name}` });
    this.#room = room;
    this.saved(seat.savedClientSeq);
    this.#seat = seat;
    this.#isDiscarding = false;
    seat.goLive();
    for (const one of [...this.#outbox]) this.#submit(one);
    this.#wake();
  }

  #submit({ clientSeq, update }: { readonly clientSeq: number; readonly update: Uint8Array }): void {
    if (this.#seat === null || this.#isDiscarding) return;
    const { kind } = this.#seat.submit(update, clientSeq);
    if (kind === 'busy') this.#isDiscarding = true;
    else expect(['accepted', 'known']).toContain(kind);
  }

  #wake(): void {
    for (const ear of this.#ears.splice(0)) ear();
  }
}

describe.skipIf(postgres.missing !== null)('rooms of one document on several servers', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function startServers(count: number, compareEveryMs = 20): Promise<Server[]> {
    const url = await database.newPlace();
    onTestFinished(() => database.removePlace(url));
    return Promise.all(
      Array.from({ length: count }, async () => {
        const fail = (error: unknown): void => {
          throw error;
        };
        const log = await openPostgresLog(url, { onFailure: fail, shared: { compareEveryMs } });
        const registry = new RoomRegistry({ log, history: inlineHistory, complain: fail });
        onTestFinished(async () => {
          await registry.close();
          await log.close();
        });
        return { log, registry };
      }),
    );
  }

  async function expectWhole(servers: readonly Server[], writers: readonly Writer[], words: readonly string[]) {
    const view = await servers[0]!.log.view(id);
    const entries = await view.entriesAfter(0);
    const sent = entries.filter(({ clientSeq }) => clientSeq > 0).map((one) => `${one.outboxId} ${one.clientSeq}`);
    expect(sent).toEqual([...new Set(sent)]);
    const doc = new Y.Doc();
    for (const { update } of entries) Y.applyUpdate(doc, update);
    expect(doc.store.pendingStructs).toBeNull();
    const inLog = doc.getArray<string>('words').toArray();
    expect(inLog.filter((word) => word !== '…').sort()).toEqual([...words].sort());
    for (const writer of writers) {
      await writer.hears(words.length);
      expect(writer.saved_.length).toBe(new Set(writer.saved_).size);
    }
    expect(writers.flatMap((writer) => writer.saved_).sort()).toEqual([...words].sort());
    for (const { registry } of servers) await registry.enter(id, () => undefined);
    for (const writer of writers) expect(writer.words.toArray()).toEqual(inLog);
    const findings = new Findings();
    await servers[0]!.log.verify(1, {
      findings,
      states: stateChecks,
      records: new AuditCheck(),
      watermark: null,
      restMs: 0,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(findings.report().findings).toEqual([]);
  }

  test('what one writes at one server shows at the other, by comparing heads alone', async () => {
    const servers = await startServers(2);
    const random = prng.create(1);
    const [ann, bob] = [new Writer('ann', servers[0]!), new Writer('bob', servers[1]!)];
    await Promise.all([ann.come(), bob.come()]);
    ann.write('hello', random);
    await bob.hears(1);
    bob.write('world', random);
    await ann.hears(2);
    await bob.whenSaved();
    await expectWhole(servers, [ann, bob], ['hello', 'world']);
  });

  test('N1: who comes from another server finds there what they were told was saved, however stale its room was', async () => {
    const servers = await startServers(2, 2 ** 30);
    const random = prng.create(1);
    const [ann, bob] = [new Writer('ann', servers[0]!), new Writer('bob', servers[1]!)];
    await Promise.all([ann.come(), bob.come()]);
    for (let number = 0; number < 5; number++) {
      ann.write(`${number}`, random);
      await ann.whenSaved();
    }
    expect(bob.words.length).toBe(0);
    await ann.come(servers[1]);
    await bob.hears(5);
    expect(ann.isInStep).toBe(true);
    await expectWhole(servers, [ann, bob], ['0', '1', '2', '3', '4']);
  });

  test('S1: what is sent to two servers at once is there once, whichever writes it', async () => {
    const servers = await startServers(2);
    const random = prng.create(2);
    const ann = new Writer('ann', servers[0]!);
    const words: string[] = [];
    await ann.come();
    for (let number = 0; number < 20; number++) {
      words.push(`${number}`);
      ann.write(words.at(-1)!, random);
      // Before the first server has written it.
      await ann.come(servers[number % 2]);
    }
    await ann.whenSaved();
    await expectWhole(servers, [ann], words);
  });

  const seeds = process.env.WEFT_SEED
    ? [Number(process.env.WEFT_SEED)]
    : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 4) }, (_, index) => index + 1);
  test.each(seeds)(
    'I1, I3: everything that was saved is there once, and everybody sees the same (seed %i)',
    async (seed) => {
      const servers = await startServers(3);
      const writers = ['ann', 'bob', 'carl', 'dora'].map((name, index) => new Writer(name, servers[index % 3]!));
      const words: string[] = [];
      await Promise.all(
        writers.map(async (writer, index) => {
          const random = prng.create(1000 * seed + index);
          await writer.come();
          for (let round = 0; round < 30; round++) {
            words.push(`${writer.name} ${round}`);
            writer.write(words.at(-1)!, random);
            const what = prng.int32(random, 0, 9);
            if (what < 2) await writer.come(servers[prng.int32(random, 0, 2)]);
            else if (what < 5) await writer.whenSaved();
            else await new Promise((resolve) => setImmediate(resolve));
          }
          await writer.whenSaved();
        }),
      );
      await expectWhole(servers, writers, words);
    },
  );
});
