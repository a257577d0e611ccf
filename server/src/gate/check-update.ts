// The first gate: says of an update what it adds to what is known, or why it cannot be taken. Pure, linear in the bytes,
// without a Y.Doc. What it calls new never stays pending in a Y.Doc that has the known state (I7), and does not make it throw.

import * as encoding from 'lib0/encoding';
import { ByteReader, MalformedError } from './byte-reader.js';
import { ClockRanges } from './clock-ranges.js';
import { defaultGateLimits, type GateLimits, noLimits } from './gate-limits.js';
import { withHolders } from './holders.js';
import { Integration } from './integrate.js';
import type { Change, ClockRange, KnownState, StructRange } from './known-state.js';
import type { Places } from './places.js';
import { writeSlice } from './slice-struct.js';
import { At, findSection, type Section, UpdateReader } from './update-reader.js';

export type Verdict =
  /**
   * To be taken. `update` is the very array that was checked when all of it is, else the part that is (J2, G4), and what
   * holders.ts says: applied to any Y.Doc that has the known state it leaves nothing pending. `change` is not added to the
   * known state yet (J3).
   *
   * `withheld`: a part that is new is not taken, for it builds on structs that are neither known nor in the update, or whose
   * client the author may not write as. Whoever sent it has not been heard in full.
   */
  | { readonly kind: 'new'; readonly update: Uint8Array; readonly change: Change; readonly withheld: boolean }
  /** Nothing in it is new. */
  | { readonly kind: 'known' }
  /** There is something new in it, and none of it can be taken (see `withheld`); of the past, not all of it. */
  | { readonly kind: 'gap' }
  /** It is no Yjs v1 update, or one that this server does not take. The reason is for people. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** With it, the document would take everybody seconds to open: see rivals.ts. */
  | { readonly kind: 'tangled'; readonly reason: string };

export interface CheckOptions {
  /** Default: those for what comes from clients. */
  readonly limits?: GateLimits;
  /**
   * Whether the author may write structs of this client that nobody knows (G4); asked at most once per client of the
   * update, and only of those that have some. Default: of all.
   */
  readonly mayWriteAs?: (client: number) => boolean;
}

/** What is said of whatever has nothing new. */
export const knownVerdict: Verdict = { kind: 'known' };
const gapVerdict: Verdict = { kind: 'gap' };
const tangledVerdict: Verdict = { kind: 'tangled', reason: 'too much was written at one place at once' };
const anyClient = (): boolean => true;

/** Never throws, whatever the bytes are. */
export function checkUpdate(
  update: Uint8Array,
  known: KnownState,
  { limits = defaultGateLimits, mayWriteAs = anyClient }: CheckOptions = {},
): Verdict {
  try {
    const begun = begin(new UpdateReader(update, known, limits, mayWriteAs, true), known, limits);
    begun.integration.run();
    return finish(begun, known, limits);
  } catch (error) {
    return malformed(update, error);
  }
}

/** The same, of what was accepted once, with a yield after each third: what does not change `known` can have its turn there. */
export function* checkInSteps(update: Uint8Array, known: KnownState): Generator<void, Verdict, void> {
  try {
    const begun = begin(new UpdateReader(update, known, noLimits, anyClient, false), known, noLimits);
    yield;
    begun.integration.run();
    yield;
    return finish(begun, known, noLimits);
  } catch (error) {
    return malformed(update, error);
  }
}

/** @throws what is no fault of the update's */
function malformed(update: Uint8Array, error: unknown): Verdict {
  if (!(error instanceof MalformedError)) throw error;
  const reason = isVersion2(update)
    ? 'it is in version 2 of the Yjs format, and this server takes version 1'
    : error.message;
  return { kind: 'malformed', reason };
}

/** yjs src/utils/UpdateDecoder: what UpdateDecoderV2 reads before its rest. */
const VERSION_2_COLUMNS = 9;

/**
 * Whether what cannot be read is an update of version 2: a flag that is 0, the columns it keeps structs in, each with
 * its length, and the rest. What can be read is not asked: deletions alone may look like that, too.
 */
function isVersion2(update: Uint8Array): boolean {
  const reader = new ByteReader(update);
  try {
    if (reader.uint() !== 0) return false;
    for (let column = 0; column < VERSION_2_COLUMNS; column += 1) reader.skip(reader.uint());
    return reader.remaining >= 2;
  } catch {
    return false;
  }
}

/** An update whose structs are read, and then integrated. */
interface Begun {
  readonly reader: UpdateReader;
  readonly sections: Section[];
  /** Whether it has its sections in order. */
  readonly inOrder: boolean;
  readonly integration: Integration;
}

function begin(reader: UpdateReader, known: KnownState, limits: GateLimits): Begun {
  const sections = reader.readSections();
  const inOrder = sortSections(sections);
  if (!inOrder) reader.deletes.sort((a, b) => b.client - a.client || a.from - b.from);
  return { reader, sections, inOrder, integration: new Integration(reader, sections, known, limits) };
}

function finish({ reader, sections, inOrder, integration }: Begun, known: KnownState, limits: GateLimits): Verdict {
  const arrivesDeleted = keepTaken(reader.deletes, sections);
  const clockOf = (client: number): number => findSection(sections, client)?.clock ?? known.clockOf(client);
  const { repeats, isCut } = reader.readDeleteSet(clockOf);

  const structs: StructRange[] = [];
  let isWhole = inOrder && !repeats;
  let withheld = isCut;
  for (const section of sections) {
    const { client, newFrom, clock, to, places } = section;
    if (clock > newFrom) structs.push({ client, from: newFrom, to: clock, places, follows: section.follows });
    withheld ||= to > clock;
    isWhole &&= !section.repeats;
  }
  const { deletes } = reader;
  const isEmpty = structs.length === 0 && deletes.length === 0;
  // What was accepted once is whole, or something before it is missing.
  if (withheld && (isEmpty || limits.isPast)) return gapVerdict;
  if (isEmpty) return knownVerdict;
  for (let i = arrivesDeleted; i < deletes.length; i += 1) integration.noteDeletion(deletes[i]!);
  if (integration.isTangled) return tangledVerdict;
  if (!limits.isPast) checkWideValues(integration.wideValues, deletes, known);
  const told = (): readonly ClockRange[] => {
    const news = deletes.slice(arrivesDeleted);
    if (!repeats || news.length === 0 || limits.isPast) return news;
    const arriving = (client: number): Places => findSection(sections, client)!.places;
    return withHolders(news, (visit) => reader.rereadDeleteSet(clockOf, visit), known, arriving);
  };
  return {
    kind: 'new',
    update: isWhole && !withheld ? reader.bytes : writeTaken(reader, sections, told()),
    change: { structs, deletes, lists: integration.lists, rivals: integration.rivals },
    withheld,
  };
}

/** Drops the deletions that came with structs which are not taken. @returns how many are left */
function keepTaken(deletes: ClockRange[], sections: readonly Section[]): number {
  let kept = 0;
  for (const range of deletes) {
    const section = findSection(sections, range.client)!;
    if (range.to <= section.clock) deletes[kept++] = range;
  }
  deletes.length = kept;
  return kept;
}

/**
 * A value under a key has one clock. Yjs makes one of several that are deleted; of one that is not, a part stays alive when it
 * is cut, and Yjs throws when it collects what the value is in.
 */
function checkWideValues(values: readonly ClockRange[], deletes: readonly ClockRange[], known: KnownState): void {
  const deleted = new Map<number, ClockRanges>();
  for (const { client, from, to } of values) {
    let ranges = deleted.get(client);
    if (!ranges) {
      ranges = known.client(client)?.deleted?.copy() ?? new ClockRanges();
      ranges.addAll(deletes.flatMap((range) => (range.client === client ? [range.from, range.to] : [])));
      deleted.set(client, ranges);
    }
    if (ranges.firstMissing(from) < to) throw new MalformedError('a value is more than one');
  }
}

/**
 * Brings sections in the order Yjs writes them, highest client first. It reads any order, but its mergeUpdates loses
 * structs when it meets another one, so no other is ever stored.
 *
 * @returns whether they were in order
 */
function sortSections(sections: Section[]): boolean {
  let inOrder = true;
  for (let i = 1; i < sections.length; i++) if (sections[i]!.client >= sections[i - 1]!.client) inOrder = false;
  if (inOrder) return true;
  sections.sort((a, b) => b.client - a.client);
  for (let i = 1; i < sections.length; i++) {
    if (sections[i]!.client === sections[i - 1]!.client) throw new MalformedError('a client appears twice');
  }
  return false;
}

/** What is new and taken, as an update. */
function writeTaken(
  { bytes, structs }: UpdateReader,
  sections: readonly Section[],
  deletes: readonly ClockRange[],
): Uint8Array {
  return encoding.encode((encoder) => {
    const taken = sections.filter(({ next, first }) => next > first);
    encoding.writeVarUint(encoder, taken.length);
    for (const { client, newFrom, clock, to, first, next, end } of taken) {
      encoding.writeVarUint(encoder, (next - first) / At.Stride);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, newFrom);
      const firstClock = structs[first + At.From]!;
      let start = structs[first + At.Start]!;
      if (firstClock < newFrom) {
        start = writeSlice(encoder, bytes, start, { client, clock: firstClock, offset: newFrom - firstClock });
      }
      encoding.writeUint8Array(encoder, bytes.subarray(start, clock < to ? structs[next + At.Start]! : end));
    }
    const byClient = new Map<number, ClockRange[]>();
    for (const range of deletes) {
      const ranges = byClient.get(range.client);
      if (ranges) ranges.push(range);
      else byClient.set(range.client, [range]);
    }
    encoding.writeVarUint(encoder, byClient.size);
    for (const [client, ranges] of byClient) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length);
      for (const { from, to } of ranges) {
        encoding.writeVarUint(encoder, from);
        encoding.writeVarUint(encoder, to - from);
      }
    }
  });
}
