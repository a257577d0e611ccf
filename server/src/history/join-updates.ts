// Joins the updates of a row of entries into one, in one pass over their bytes: what each client wrote in them follows what it wrote
// before, for that is how a log grows, so its structs are put one behind the other as they are. Yjs merges any updates, which takes it
// ten times as long.

import * as encoding from 'lib0/encoding';
import { ByteReader, MalformedError } from '../gate/byte-reader.js';
import {
  CONTENT_BITS,
  Content,
  HAS_ORIGIN,
  HAS_PARENT_KEY,
  HAS_RIGHT_ORIGIN,
  STRUCT_GC,
  STRUCT_SKIP,
} from '../gate/struct-layout.js';

/**
 * @param updates Yjs v1 updates that the gate took, in the order of the log
 * @returns null where one says again what is in another, leaves something out, or holds what no gate takes
 */
export function joinUpdates(updates: readonly Uint8Array[]): Uint8Array | null {
  const joined = new JoinedUpdate();
  try {
    return updates.every((update) => joined.add(new UpdateWalk(update))) ? joined.encode() : null;
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

/** The structs of one client. */
interface Row {
  readonly firstClock: number;
  nextClock: number;
  count: number;
  /** As they are written. */
  readonly structs: encoding.Encoder;
}

class JoinedUpdate {
  readonly #rows = new Map<number, Row>();
  /** Of each client clocks and lengths, by turns. */
  readonly #deletes = new Map<number, number[]>();

  /** @returns whether it could be; if not, this is of no more use */
  add(walk: UpdateWalk): boolean {
    for (let sections = walk.uint(); sections > 0; sections--) {
      const count = walk.uint();
      const row = this.#rowOf(walk.uint(), walk.uint());
      if (row === null) return false;
      const start = walk.pos;
      for (let left = count; left > 0; left--) {
        const length = walk.struct();
        if (length === null) return false;
        row.nextClock += length;
      }
      row.count += count;
      encoding.writeUint8Array(row.structs, walk.bytes.subarray(start, walk.pos));
    }
    for (let clients = walk.uint(); clients > 0; clients--) {
      const client = walk.uint();
      const known = this.#deletes.get(client);
      const deletes = known ?? [];
      if (!known) this.#deletes.set(client, deletes);
      for (let ranges = walk.uint(); ranges > 0; ranges--) deletes.push(walk.uint(), walk.uint());
    }
    return true;
  }

  encode(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#rows.size);
    // As all who write updates have it.
    for (const [client, { count, firstClock, structs }] of [...this.#rows].sort(([a], [b]) => b - a)) {
      encoding.writeVarUint(encoder, count);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, firstClock);
      encoding.writeBinaryEncoder(encoder, structs);
    }
    encoding.writeVarUint(encoder, this.#deletes.size);
    for (const [client, deletes] of [...this.#deletes].sort(([a], [b]) => b - a)) {
      const ranges = rangesOf(deletes);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length);
      for (const { clock, end } of ranges) {
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarUint(encoder, end - clock);
      }
    }
    return encoding.toUint8Array(encoder);
  }

  #rowOf(client: number, clock: number): Row | null {
    const known = this.#rows.get(client);
    if (known) return known.nextClock === clock ? known : null;
    const row = { firstClock: clock, nextClock: clock, count: 0, structs: encoding.createEncoder() };
    this.#rows.set(client, row);
    return row;
  }
}

/** In order, and as few as there can be. */
function rangesOf(deletes: readonly number[]): { readonly clock: number; end: number }[] {
  const all = Array.from({ length: deletes.length / 2 }, (_, index) => {
    const clock = deletes[2 * index]!;
    return { clock, end: clock + deletes[2 * index + 1]! };
  });
  all.sort((a, b) => a.clock - b.clock);
  const ranges: typeof all = [];
  for (const range of all) {
    const last = ranges.at(-1);
    if (last && range.clock <= last.end) last.end = Math.max(last.end, range.end);
    else ranges.push(range);
  }
  return ranges;
}

/** Types that carry a name: YXmlElement, YXmlHook. */
const NAMED_TYPES: readonly number[] = [3, 5];

class UpdateWalk extends ByteReader {
  /** Walks over one. @returns its length in clocks; null for a hole, and for what no gate takes */
  struct(): number | null {
    const info = this.byte();
    if (info === STRUCT_GC) return this.uint();
    if (info === STRUCT_SKIP) return null;
    if ((info & HAS_ORIGIN) !== 0) this.#id();
    if ((info & HAS_RIGHT_ORIGIN) !== 0) this.#id();
    if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
      if (this.uint() === 1) this.#block();
      else this.#id();
      if ((info & HAS_PARENT_KEY) !== 0) this.#block();
    }
    return this.#content(info & CONTENT_BITS);
  }

  #content(kind: number): number | null {
    switch (kind) {
      case Content.String:
        return this.string();
      case Content.Deleted:
        return this.uint();
      case Content.Any: {
        const count = this.uint();
        for (let left = count; left > 0; left--) this.any();
        return count;
      }
      case Content.Json: {
        const count = this.uint();
        for (let left = count; left > 0; left--) this.#block();
        return count;
      }
      case Content.Type:
        if (NAMED_TYPES.includes(this.uint())) this.#block();
        return 1;
      case Content.Format:
        this.#block();
        this.#block();
        return 1;
      case Content.Embed:
      case Content.Binary:
        this.#block();
        return 1;
      default:
        return null;
    }
  }

  #id(): void {
    this.uint();
    this.uint();
  }

  /** A string or bytes, which nobody has to look into. */
  #block(): void {
    this.skip(this.uint());
  }
}
