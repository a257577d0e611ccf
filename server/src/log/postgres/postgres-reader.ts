// Reads a channel's entries and links from its rows. One statement sees one moment, so what is packed meanwhile is read in one
// place or the other, never in neither, and nobody has to wait for it.

import type { DocumentName } from '@weft/protocol';
import type { ChannelId, Entry, Seq } from '../document-log.js';
import { CHAIN_START } from '../level/chain.js';
import { ChannelReader } from '../level/channel-reader.js';
import type { ChannelState } from '../level/channel-state.js';
import { ChainWalk } from '../level/entries.js';
import { baseKey, erasedKey, segmentKey } from '../level/keys.js';
import type { Inflate } from '../level/segment.js';
import { entriesOfSegment, type Meta, readSegment } from '../level/stored-values.js';
import { kindNumber } from './group-plan.js';
import type { PostgresStore } from './postgres-store.js';
import { entriesOfLooseRun, plain, type StoredRun } from './rows.js';

export interface Standing extends Meta {
  /** Of the newest entry that was trimmed; 0: all are there. */
  readonly baseSeq: Seq;
}

export class PostgresReader extends ChannelReader {
  readonly #store: PostgresStore;
  readonly #unpack: Inflate;

  constructor(store: PostgresStore, inflate: Inflate, complain: (sentence: string) => void) {
    super(store, inflate, complain);
    this.#store = store;
    this.#unpack = inflate;
  }

  override async entriesAfter(
    { id }: ChannelState,
    after: Seq,
    upTo: Seq,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<Entry[]> {
    if (after >= upTo) return [];
    const entries: Entry[] = [];
    let bytes = 0;
    for (const row of await this.#runsAfter(id, after, upTo, maxBytes)) {
      for (const entry of await this.entriesOf(id, row)) {
        if (entry.seq <= after || entry.seq > upTo) continue;
        const expected = after + entries.length + 1;
        if (entry.seq !== expected) throw await this.missing(id, expected);
        entries.push(entry);
        bytes += entry.update.length;
        if (bytes >= maxBytes) return entries;
      }
    }
    const last = after + entries.length;
    // Fewer were fetched than there are, or else who asks for the others is told that they are lost.
    const isPortion = maxBytes < Number.POSITIVE_INFINITY && entries.length > 0;
    if (last < upTo && !isPortion) throw await this.missing(id, last + 1);
    return entries;
  }

  /** From the run that entry `after` + 1 is in, as far as those before one have less than `maxBytes` as they are stored. */
  #runsAfter(id: ChannelId, after: Seq, upTo: Seq, maxBytes: number): Promise<StoredRun[]> {
    const from = `first_seq <= $4 and first_seq >= coalesce((
          select first_seq from weft_run where document = $1 and kind = $2 and first_seq <= $3
            order by first_seq desc limit 1
        ), 1)`;
    const key = [id.document, kindNumber(id), after + 1, upTo];
    if (maxBytes === Number.POSITIVE_INFINITY) {
      return this.#store.reading.query<StoredRun>(
        `select first_seq, last_seq, is_packed, value from weft_run
        where document = $1 and kind = $2 and ${from} order by first_seq`,
        key,
      );
    }
    return this.#store.reading.query<StoredRun>(
      `select first_seq, last_seq, is_packed, value from (
        select first_seq, last_seq, is_packed, value,
          sum(octet_length(value)) over (order by first_seq) - octet_length(value) as bytes_before
        from weft_run where document = $1 and kind = $2 and ${from}
      ) as run where bytes_before < $5 order by first_seq`,
      [...key, maxBytes],
    );
  }

  override async linkAt({ id, durable, durableHash }: ChannelState, seq: Seq): Promise<Uint8Array> {
    if (seq === 0) return CHAIN_START.slice();
    if (seq === durable) return durableHash.slice();
    const [row, before] = await this.#store.reading.query<StoredRun>(
      `select first_seq, last_seq, is_packed, link, value from weft_run
        where document = $1 and kind = $2 and first_seq <= $3 order by first_seq desc limit 2`,
      [id.document, kindNumber(id), seq],
    );
    if (!row || Number(row.last_seq) < seq) return this.baseLink(id, seq);
    if (Number(row.last_seq) === seq) return Uint8Array.from(row.link);
    const firstSeq = Number(row.first_seq);
    const isFollowing = Number(before?.last_seq ?? 0) === firstSeq - 1;
    const linkBefore = before ? Uint8Array.from(before.link) : CHAIN_START.slice();
    const link = isFollowing ? linkBefore : await this.baseLink(id, firstSeq - 1);
    const walk = new ChainWalk();
    for (const entry of await this.entriesOf(id, row)) {
      if (entry.seq > seq) break;
      walk.add(link, entry);
    }
    return link;
  }

  override async metaOf(id: ChannelId): Promise<Meta> {
    return this.standingOf(id);
  }

  /** The same, and where its entries begin. */
  async standingOf(id: ChannelId): Promise<Standing> {
    const [row] = await this.#store.reading.query<{
      epoch: string;
      head: string;
      time_ms: string;
      link: Buffer | null;
      base_seq: string;
    }>(
      `select coalesce(c.epoch, e.epoch, 1) as epoch, coalesce(c.head, 0) as head, coalesce(c.time_ms, 0) as time_ms, c.link,
          coalesce(weft_number_in(b.value), 0) as base_seq
        from (select) as one
        left join weft_channel c on c.document = $1 and c.kind = $2
        left join weft_erased e on e.name_hash = $3
        left join weft_value b on b.key = $4`,
      [id.document, kindNumber(id), nameHash(id.document), baseKey(id)],
    );
    const { epoch, head, time_ms, link, base_seq } = row!;
    return {
      epoch: Number(epoch),
      lastSeq: Number(head),
      hash: link ? Uint8Array.from(link) : CHAIN_START,
      lastTimeMs: Number(time_ms),
      baseSeq: Number(base_seq),
    };
  }

  override async wasErased(name: DocumentName): Promise<boolean> {
    const rows = await this.#store.reading.query('select from weft_erased where name_hash = $1', [nameHash(name)]);
    return rows.length > 0;
  }

  /** @throws SyncError `STORE_UNREADABLE` when the row is damaged */
  async entriesOf(id: ChannelId, row: Omit<StoredRun, 'link'>): Promise<Entry[]> {
    if (!row.is_packed) return entriesOfLooseRun(id, row);
    const key = segmentKey(id, Number(row.first_seq), Number(row.last_seq));
    return entriesOfSegment(key, readSegment(key, plain(row.value)), this.#unpack);
  }
}

const nameHash = (name: DocumentName): Uint8Array => erasedKey(name).subarray(-32);
