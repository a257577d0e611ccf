// Writes again under other clientIDs what can no longer be written under those it has (S2). Only names are changed: of the
// structs that are not acknowledged, and in every place where they name each other. What was acknowledged, and what
// others wrote, keeps its name.

import { writeVarUint } from 'lib0/encoding';
import * as Y from 'yjs';

type Struct = Y.Item | Y.GC | Y.Skip;

interface Update {
  readonly structs: readonly Struct[];
  readonly deletes: ReadonlyMap<number, readonly Range[]>;
}

interface Range {
  readonly clock: number;
  readonly len: number;
}

/** A range of an old clientID, and where it begins under the new one. */
interface Renamed extends Range {
  readonly newClock: number;
}

/** By the old clientID. */
type Renames = ReadonlyMap<number, { readonly to: number; readonly ranges: readonly Renamed[] }>;

/**
 * @param updates Yjs v1 updates in the order in which they were made; all structs of the named clientIDs in them are renamed
 * @param names by each clientID it was written under, one that nothing was written under yet
 * @returns as many updates, or null when there is a hole in them, so that they cannot be written down under other clocks
 */
export function reauthor(updates: readonly Uint8Array[], names: ReadonlyMap<number, number>): Uint8Array[] | null {
  const decoded = updates.map(readUpdate);
  const rows = byClient(decoded.flatMap(({ structs }) => structs));
  const renames: Renames = new Map(
    [...names].map(([from, to]) => [from, { to, ranges: numberAnew(rows.get(from) ?? []) }]),
  );
  const rename = (id: Y.ID): Y.ID => {
    const renamed = renames.get(id.client);
    const range = renamed?.ranges.find((each) => isIn(each, id.clock));
    return renamed && range ? Y.createID(renamed.to, range.newClock + id.clock - range.clock) : id;
  };
  for (const { structs } of decoded) for (const struct of structs) renameIn(struct, rename);
  if (!decoded.every(({ structs }) => isWhole(structs))) return null;
  return decoded.map(({ structs, deletes }) => writeUpdate(structs, renameDeletes(deletes, renames)));
}

/** What stands in a document under the ids of text that is to be written again. */
export type Overlap =
  /** Nothing. */
  | 'none'
  /** The beginning of that text: it was taken, and the answer was lost. */
  | 'own'
  /** Something that somebody else wrote. */
  | 'foreign'
  /** Something that was deleted since. */
  | 'unclear';

/** @param authors of these clientIDs */
export function overlapOf(updates: readonly Uint8Array[], authors: ReadonlySet<number>, doc: Y.Doc): Overlap {
  const verdicts = updates
    .flatMap((update) => readUpdate(update).structs)
    .filter(({ id }) => authors.has(id.client) && id.clock < Y.getState(doc.store, id.client))
    .map((struct) => compare(struct, Y.getItem(doc.store, struct.id)));
  if (verdicts.length === 0) return 'none';
  if (verdicts.includes('foreign')) return 'foreign';
  return verdicts.includes('own') ? 'own' : 'unclear';
}

/** Two structs of one id. What was deleted on one side says nothing. */
function compare(ours: Struct, theirs: Y.Item | Y.GC): 'own' | 'foreign' | 'unclear' {
  if (!(ours instanceof Y.Item) || !(theirs instanceof Y.Item)) return 'unclear';
  if (ours.content instanceof Y.ContentDeleted || theirs.content instanceof Y.ContentDeleted) return 'unclear';
  if (ours.content.getRef() !== theirs.content.getRef()) return 'foreign';
  const offset = ours.id.clock - theirs.id.clock;
  if (offset === 0 && !Y.compareIDs(ours.origin, theirs.origin)) return 'foreign';
  const [mine, other] = [ours.content.getContent(), theirs.content.getContent().slice(offset)];
  const length = Math.min(mine.length, other.length);
  return textOf(mine.slice(0, length)) === textOf(other.slice(0, length)) ? 'own' : 'foreign';
}

/** The same updates without what of `from` is in `doc` already. */
export function without(updates: readonly Uint8Array[], from: number, doc: Y.Doc): Uint8Array[] {
  const known = Y.encodeStateVector(new Map([[from, Y.getState(doc.store, from)]]));
  return updates.map((update) => Y.diffUpdate(update, known));
}

/** Types have no text of their own. */
const textOf = (content: readonly unknown[]): string =>
  JSON.stringify(content.map((each) => (each instanceof Y.AbstractType ? null : each)));

function readUpdate(bytes: Uint8Array): Update {
  const { structs, ds } = Y.decodeUpdate(bytes);
  return { structs, deletes: ds.clients };
}

/** Gives clocks from 0 on, without a hole, in the order of the old ones. */
function numberAnew(structs: readonly { readonly id: Y.ID; readonly length: number }[]): Renamed[] {
  const renamed: Renamed[] = [];
  let newClock = 0;
  for (const { id, length } of [...structs].sort((a, b) => a.id.clock - b.id.clock)) {
    const last = renamed.at(-1);
    const end = last ? last.clock + last.len : 0;
    // The same struct may be in two updates.
    const clock = Math.max(id.clock, end);
    const len = id.clock + length - clock;
    if (len <= 0) continue;
    if (last && clock === end) renamed[renamed.length - 1] = { ...last, len: last.len + len };
    else renamed.push({ clock, len, newClock });
    newClock += len;
  }
  return renamed;
}

const isIn = ({ clock, len }: Range, at: number): boolean => clock <= at && at < clock + len;

function renameIn(struct: Struct, rename: (id: Y.ID) => Y.ID): void {
  struct.id = rename(struct.id);
  if (!(struct instanceof Y.Item)) return;
  struct.origin = struct.origin && rename(struct.origin);
  struct.rightOrigin = struct.rightOrigin && rename(struct.rightOrigin);
  if (struct.parent instanceof Y.ID) struct.parent = rename(struct.parent);
}

function renameDeletes(deletes: Update['deletes'], renames: Renames): Map<number, Range[]> {
  const result = new Map<number, Range[]>();
  const add = (client: number, range: Range): void => {
    const ranges = result.get(client);
    if (ranges) ranges.push(range);
    else result.set(client, [range]);
  };
  for (const [client, ranges] of deletes) {
    const renamed = renames.get(client);
    for (const range of ranges) {
      let { clock } = range;
      const end = range.clock + range.len;
      for (const each of renamed?.ranges ?? []) {
        const [start, stop] = [Math.max(clock, each.clock), Math.min(end, each.clock + each.len)];
        if (start >= stop) continue;
        if (clock < start) add(client, { clock, len: start - clock });
        add(renamed!.to, { clock: each.newClock + start - each.clock, len: stop - start });
        clock = stop;
      }
      if (clock < end) add(client, { clock, len: end - clock });
    }
  }
  return result;
}

function byClient(structs: readonly Struct[]): Map<number, Struct[]> {
  const rows = new Map<number, Struct[]>();
  for (const struct of structs) {
    const row = rows.get(struct.id.client);
    if (row) row.push(struct);
    else rows.set(struct.id.client, [struct]);
  }
  return rows;
}

/** Whether each client's structs follow each other: an update says only where the first one stands. */
function isWhole(structs: Update['structs']): boolean {
  return [...byClient(structs).values()].every((row) =>
    row.every((struct, index) => {
      const before = row[index - 1];
      return !(struct instanceof Y.Skip) && (!before || before.id.clock + before.length === struct.id.clock);
    }),
  );
}

function writeUpdate(structs: Update['structs'], deletes: ReadonlyMap<number, readonly Range[]>): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  // As Yjs does it: those with the higher clientID first.
  const rows = [...byClient(structs)].sort(([a], [b]) => b - a);
  writeVarUint(encoder.restEncoder, rows.length);
  for (const [client, row] of rows) {
    writeVarUint(encoder.restEncoder, row.length);
    encoder.writeClient(client);
    writeVarUint(encoder.restEncoder, row[0]!.id.clock);
    for (const struct of row) struct.write(encoder, 0);
  }
  writeVarUint(encoder.restEncoder, deletes.size);
  for (const [client, ranges] of deletes) {
    encoder.resetDsCurVal();
    writeVarUint(encoder.restEncoder, client);
    writeVarUint(encoder.restEncoder, ranges.length);
    for (const { clock, len } of ranges) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
  return encoder.toUint8Array();
}
