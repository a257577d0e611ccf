// The store as of one moment, in the order of keys in which a disk of ours would have it: what a check reads. The journal has
// left for segments in it; a run that is not packed shows as the segment it will become.

import type { DocumentName } from '@weft/protocol';
import { CHANNEL_KINDS, type ChannelId, channelName } from '../document-log.js';
import type { KeyRange, RangeOptions, StoreReader } from '../key-value-store.js';
import { CHAIN_START } from '../level/chain.js';
import { FORMAT_MARK } from '../level/format.js';
import {
  anchorKey,
  baseKey,
  channelsRangeOfAll,
  checkpointRange,
  documentRange,
  erasedRange,
  formatKey,
  keyAfter,
  metaKey,
  recordsRange,
  secretKey,
  segmentKey,
} from '../level/keys.js';
import { readKey } from '../level/read-key.js';
import { RecordKind, sealed } from '../level/record.js';
import { type Deflate, packColumns } from '../level/segment.js';
import { putAnchor, putMeta, putSecret, putSegment } from '../level/stored-values.js';
import type { Snapshot } from './connections.js';
import { kindNumber } from './group-plan.js';
import { entriesOfLooseRun, plain, type StoredRun } from './rows.js';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** Rows that are read at a time: of values, checkpoints among them, few. */
const PAGE_ROWS = 100;

export class PostgresSnapshot implements StoreReader {
  readonly #snapshot: Snapshot;
  readonly #deflate: Deflate;

  constructor(snapshot: Snapshot, deflate: Deflate) {
    this.#snapshot = snapshot;
    this.#deflate = deflate;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    for await (const [, value] of this.range({ gte: key, lt: keyAfter(key) })) return value;
    return undefined;
  }

  async *range({ gte, lt, limit = Number.POSITIVE_INFINITY }: RangeOptions): AsyncGenerator<Pair> {
    let count = 0;
    for (const [section, pairs] of this.#sections()) {
      const isApart = Buffer.compare(section.lt, gte) <= 0 || Buffer.compare(lt, section.gte) <= 0;
      if (isApart) continue;
      for await (const pair of pairs(section)) {
        if (Buffer.compare(pair[0], gte) < 0 || Buffer.compare(pair[0], lt) >= 0) continue;
        if (count++ >= limit) return;
        yield pair;
      }
    }
  }

  /** In the order of keys. */
  #sections(): readonly (readonly [KeyRange, (range: KeyRange) => AsyncGenerator<Pair>])[] {
    const alone = (key: Uint8Array): KeyRange => ({ gte: key, lt: keyAfter(key) });
    return [
      [alone(anchorKey), () => this.#anchor()],
      [channelsRangeOfAll, () => this.#channels()],
      [documentRange, (range) => this.#values(range)],
      [erasedRange, () => this.#erased()],
      [alone(formatKey), () => this.#format()],
      [recordsRange, (range) => this.#values(range)],
      [alone(secretKey), () => this.#secret()],
    ];
  }

  async *#anchor(): AsyncGenerator<Pair> {
    const [row] = await this.#snapshot.query<{ journal_number: string; journal_hash: Buffer }>(
      'select journal_number, journal_hash from weft_store',
    );
    const { key, value } = putAnchor({ number: Number(row!.journal_number), hash: row!.journal_hash });
    yield [key, value];
  }

  async *#format(): AsyncGenerator<Pair> {
    yield [formatKey, FORMAT_MARK];
  }

  async *#secret(): AsyncGenerator<Pair> {
    const [row] = await this.#snapshot.query<{ secret: Buffer }>('select secret from weft_store');
    const { key, value } = putSecret(row!.secret);
    yield [key, value];
  }

  async *#erased(): AsyncGenerator<Pair> {
    const rows = await this.#snapshot.query<{ name_hash: Buffer; epoch: string }>(
      'select name_hash, epoch from weft_erased order by name_hash',
    );
    for (const { name_hash, epoch } of rows) {
      const key = Uint8Array.from(Buffer.concat([erasedRange.gte, name_hash]));
      yield [key, sealed(key, RecordKind.erased, Number(epoch), CHAIN_START, new Uint8Array())];
    }
  }

  async *#channels(): AsyncGenerator<Pair> {
    for (const id of await this.channelIds()) {
      yield* this.#values({ gte: baseKey(id), lt: checkpointRange(id).lt });
      yield* this.#meta(id);
      yield* this.#runs(id);
    }
  }

  /** Every channel there is anything of, in the order of keys. */
  async channelIds(): Promise<ChannelId[]> {
    const rows = await this.#snapshot.query<{ document: DocumentName; kind: number }>(
      'select document, kind from weft_channel union select document, kind from weft_run',
    );
    const ids = new Map<string, ChannelId>();
    const add = (id: ChannelId): void => void ids.set(channelName(id), id);
    for (const { document, kind } of rows) add({ document, kind: CHANNEL_KINDS[kind]! });
    const keys = await this.#snapshot.query<{ key: Buffer }>(
      'select key from weft_value where key >= $1 and key < $2',
      [channelsRangeOfAll.gte, channelsRangeOfAll.lt],
    );
    for (const { key } of keys) {
      const known = readKey(key);
      if (known.kind === 'base' || known.kind === 'checkpoint') add(known.id);
    }
    return [...ids.values()].sort((a, b) => Buffer.compare(metaKey(a), metaKey(b)));
  }

  async *#meta(id: ChannelId): AsyncGenerator<Pair> {
    const [row] = await this.#snapshot.query<{ epoch: string; head: string; time_ms: string; link: Buffer }>(
      'select epoch, head, time_ms, link from weft_channel where document = $1 and kind = $2',
      [id.document, kindNumber(id)],
    );
    if (!row) return;
    const { key, value } = putMeta(id, {
      epoch: Number(row.epoch),
      lastSeq: Number(row.head),
      lastTimeMs: Number(row.time_ms),
      hash: row.link,
    });
    yield [key, value];
  }

  async *#runs(id: ChannelId): AsyncGenerator<Pair> {
    for (let next = 1; ; ) {
      const rows = await this.#snapshot.query<StoredRun>(
        `select first_seq, last_seq, is_packed, link, value from weft_run
          where document = $1 and kind = $2 and first_seq >= $3 order by first_seq limit ${PAGE_ROWS}`,
        [id.document, kindNumber(id), next],
      );
      for (const row of rows) yield await this.#segment(id, row);
      if (rows.length < PAGE_ROWS) return;
      next = Number(rows.at(-1)!.first_seq) + 1;
    }
  }

  async #segment(id: ChannelId, row: StoredRun): Promise<Pair> {
    const [firstSeq, lastSeq] = [Number(row.first_seq), Number(row.last_seq)];
    const key = segmentKey(id, firstSeq, lastSeq);
    const value = plain(row.value);
    if (row.is_packed) return [key, value];
    try {
      const deflated = await this.#deflate(packColumns(entriesOfLooseRun(id, row)));
      return [key, putSegment(id, { firstSeq, lastSeq, hash: row.link, deflated }).value];
    } catch {
      // As it is, the check finds what is wrong with it.
      return [key, value];
    }
  }

  async *#values({ gte, lt }: KeyRange): AsyncGenerator<Pair> {
    for (let from = gte; ; ) {
      const rows = await this.#snapshot.query<{ key: Buffer; value: Buffer }>(
        `select key, value from weft_value where key >= $1 and key < $2 order by key limit ${PAGE_ROWS}`,
        [from, lt],
      );
      for (const { key, value } of rows) yield [plain(key), plain(value)];
      if (rows.length < PAGE_ROWS) return;
      from = keyAfter(plain(rows.at(-1)!.key));
    }
  }
}
