// A room on a disk that writes when the test says so, with members that note what they are told.

import type { CloseCode, DocumentName } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import { defaultGateLimits } from '../src/gate/gate-limits.js';
import { KnownState } from '../src/gate/known-state.js';
import type { NewEntry, OpenChannel, Seq } from '../src/log/document-log.js';
import { StorageReports } from '../src/log/storage-health.js';
import { RoomMetrics } from '../src/metrics/metrics.js';
import { Cadence } from '../src/room/cadence.js';
import { ClientIds, equalPersons, type SamePerson } from '../src/room/client-ids.js';
import { Shelf } from '../src/room/loan.js';
import type { Dialect, Member, News, Outgoing } from '../src/room/member.js';
import { Room } from '../src/room/room.js';
import type { Access, Seat } from '../src/room/seat.js';
import { Tail } from '../src/room/tail.js';
import type { SyncError } from '../src/sync-error.js';

/** What members of a test are sent, before any dialect makes bytes of it. */
interface Told extends Outgoing {
  readonly news?: News;
  readonly hashOf?: Seq;
}

const dialectOf = (echoes: boolean): Dialect => ({
  echoes,
  forgetsTheQuiet: echoes,
  news: (_room, news): Told => ({ messages: [], news }),
  contentHash: (_room, seq): Told | null => (echoes ? null : { messages: [], hashOf: seq }),
});

export const quietDialect = dialectOf(false);
export const echoingDialect = dialectOf(true);

export class NotingMember implements Member {
  readonly dialect: Dialect;
  readonly sent: Outgoing[] = [];
  /** What happened in order: `entries 3-5`, `presence 7`, `saved 2@5`, `hash 5`. */
  readonly story: string[] = [];

  constructor(dialect: Dialect = quietDialect) {
    this.dialect = dialect;
  }

  hasRoom = true;

  send(out: Outgoing): void {
    this.sent.push(out);
    const { news, hashOf } = out as Told;
    const { firstSeq = 0, updates = [], presence = null } = news ?? {};
    if (updates.length > 0) this.story.push(`entries ${firstSeq}-${firstSeq + updates.length - 1}`);
    if (presence !== null) this.story.push(`presence ${presenceIds(presence).join(',')}`);
    if (hashOf !== undefined) this.story.push(`hash ${hashOf}`);
  }

  saved(clientSeq: number, seq: Seq): void {
    this.story.push(`saved ${clientSeq}@${seq}`);
  }

  fellBehind(seq: Seq): void {
    this.story.push(`behind after ${seq}`);
  }

  dismissed(code: CloseCode): void {
    this.story.push(`dismissed ${code}`);
  }
}

/** Ids of an awareness update; those that are gone with a minus. */
export function presenceIds(update: Uint8Array): string[] {
  const decoder = decoding.createDecoder(update);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => {
    const id = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    return decoding.readVarString(decoder) === 'null' ? `-${id}` : `${id}`;
  });
}

export class RoomBench {
  readonly appended: NewEntry[] = [];
  /** Of each of them, how long its group may be put off. */
  readonly mayWaitMs: number[] = [];
  readonly room: Room;
  readonly unreadable: SyncError[] = [];
  isOverloaded = false;
  /** How busy the process is. */
  utilisation = 0;
  readonly storage = new StorageReports<'disk'>();
  #written = 0;

  constructor({
    epoch = 1,
    samePerson = equalPersons,
  }: { readonly epoch?: number; readonly samePerson?: SamePerson } = {}) {
    const bench = this;
    const channel: OpenChannel = {
      id: { document: 'a' as DocumentName, kind: 'content' },
      epoch,
      head: 0,
      lastTimeMs: 0,
      proof: new Uint8Array(16),
      catchUp: () => null,
      sayToOthers: () => false,
      judge: () => Promise.resolve('unproven'),
      isForeign: () => false,
      link: new Uint8Array(16),
      checkpoint: null,
      append: (entry, mayWaitMs = 0) => {
        this.mayWaitMs.push(mayWaitMs);
        return this.appended.push(entry);
      },
      entriesAfter: () => Promise.resolve([]),
      linkAt: () => Promise.resolve(new Uint8Array(16)),
      checkpointAt: () => Promise.resolve(null),
      base: () => Promise.resolve(null),
      putCheckpoint: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    this.room = new Room({
      number: 1,
      channel,
      known: new KnownState(),
      tail: new Tail(0),
      outboxes: new Map(),
      clientIds: new ClientIds(new Map(), samePerson),
      lastTimeMs: 0,
      // What is in it is the history's business: an empty update stands for all.
      history: { answerSyncStep1: async () => Uint8Array.of(0, 0), inflateState: async () => Uint8Array.of(0, 0) },
      shelf: new Shelf(),
      cadence: new Cadence({
        get utilisation() {
          return bench.utilisation;
        },
      }),
      isOverloaded: () => this.isOverloaded,
      canStore: () => this.storage.state === 'ok',
      maxStateBytes: 1000,
      gateLimits: defaultGateLimits,
      metrics: new RoomMetrics(),
      onLetGo: () => undefined,
      onUnreadable: (error) => this.unreadable.push(error),
    });
  }

  /** One group with everything appended so far, or with `count` entries of it. */
  write(count = this.appended.length - this.#written): void {
    this.#written += count;
    this.room.durable(this.#written);
  }

  join(
    options: { member?: NotingMember; author?: string; outboxId?: string; presenceId?: number; access?: Access } = {},
  ): { seat: Seat; member: NotingMember } {
    const member = options.member ?? new NotingMember();
    const { author = '', outboxId = '', presenceId, access = 'write' } = options;
    const seat = this.room.join({ member, access, author, outboxId });
    if (presenceId !== undefined) seat.claim(presenceId);
    seat.goLive();
    this.room.presence.greet(seat);
    return { seat, member };
  }
}
