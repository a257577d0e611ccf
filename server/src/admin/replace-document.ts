// Puts a document in the place of what stands under its name (L5). What comes in is built in a worker first, as anything a
// client sends would have to be; what was there is written to a file first; then everybody is sent out of the room, and
// both channels get their new content under a new epoch.

import { rm } from 'node:fs/promises';
import type { DocumentName } from '@weft/protocol';
import type { ArchivedBase } from '../archive/archived-base.js';
import type { ArchivedDocument } from '../archive/archived-document.js';
import { writeDocumentArchive } from '../archive/document-archive.js';
import { clientsIn } from '../history/load-state.js';
import {
  CHANNEL_KINDS,
  type ChannelBase,
  type ChannelContent,
  type ChannelId,
  type ChannelKind,
  type ChannelView,
  type Entry,
  type Rearranging,
  type RecordChange,
} from '../log/document-log.js';
import type { BuiltCheckpoint, Description } from '../room/room-history.js';
import { SyncError } from '../sync-error.js';
import { checkpointAfter } from './checkpoint-after.js';
import { withDocumentClosed } from './named-document.js';
import { type AdminContext, checkWanted } from './operation.js';
import { replacedFile } from './replaced-files.js';

export interface IncomingDocument {
  readonly name: DocumentName;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** All entries of each channel that is replaced, from the first on or after its base. A channel that is not named stays. */
  readonly channels: ReadonlyMap<ChannelKind, readonly Entry[]>;
  /** What stands for those that were trimmed. */
  readonly bases: ReadonlyMap<ChannelKind, ArchivedBase>;
}

/** A channel that the document has nothing for is emptied: what stands beside the text belongs to another text. */
export const wholeDocument = (
  { document, channels, bases }: ArchivedDocument,
  name = document.name,
): IncomingDocument => ({
  name,
  createdAtMs: document.createdAtMs,
  updatedAtMs: document.updatedAtMs,
  channels: new Map(CHANNEL_KINDS.map((kind) => [kind, channels.get(kind) ?? []])),
  bases,
});

export function countEntries({ channels }: IncomingDocument): number {
  let entries = 0;
  for (const row of channels.values()) entries += row.length;
  return entries;
}

export interface ReplaceOptions {
  /** Whether a document of that name may be there already. */
  readonly mayReplace: boolean;
  /** What people in the room are told. */
  readonly reason: string;
  /** Who may do what with it, which comes with a document that was not there. */
  readonly sharing?: readonly RecordChange[];
  /** What points into its content: versions and restores. */
  readonly past?: readonly RecordChange[];
}

/** What became of the document that was there before. */
export interface Replaced {
  /** Whether others had made it. */
  readonly existed: boolean;
  /** The .weft file it was written to; of one that was made here, what others wrote in it before anything else was. */
  readonly file: string | null;
  /** Why it was not, in a sentence. */
  readonly warning: string | null;
}

const nothingReplaced: Replaced = { existed: false, file: null, warning: null };

/**
 * @throws SyncError `DOCUMENT_EXISTS`, `ARCHIVE_UNREADABLE` when it cannot be built: then nothing was changed
 */
export async function replaceDocument(
  incoming: IncomingDocument,
  { mayReplace, reason, sharing = [], past = [] }: ReplaceOptions,
  context: AdminContext,
): Promise<Replaced> {
  const { log } = context;
  const { name } = incoming;
  if (!mayReplace) await checkIsNew(name, context);
  let description: Description | null = null;
  const contents: (readonly [ChannelId, ChannelContent])[] = [];
  for (const [kind, entries] of incoming.channels) {
    checkWanted(context);
    const id = { document: name, kind };
    const built = await buildContent(id, entries, incoming.bases.get(kind) ?? null, context);
    contents.push([id, built.content]);
    if (kind === 'content') description = built.description;
  }

  return withDocumentClosed(name, reason, context, async (moves) => {
    if (!mayReplace) await checkIsNew(name, context);
    const replaced = await keepAndReplace(
      { name, createdAtMs: incoming.createdAtMs, contents, mayReplace },
      moves,
      context,
    );
    const { epoch } = await log.view({ document: name, kind: 'content' });
    // After the content, with which the ones before went.
    await log.records.write(replaced.existed ? past : [...sharing, ...past]);
    if (description) await log.describeDocument({ name, ...description, updatedAtMs: incoming.updatedAtMs }, epoch);
    return replaced;
  });
}

/** Whoever writes at other servers is sent out after each: in the way that often is only who comes back and writes at once. */
const MAX_TRIES = 8;

interface Replacement extends Pick<IncomingDocument, 'name' | 'createdAtMs'>, Pick<ReplaceOptions, 'mayReplace'> {
  readonly contents: readonly (readonly [ChannelId, ChannelContent])[];
}

/**
 * Where somebody at another server has written meanwhile, what is not replaced yet is kept once more, and nothing that was written is
 * lost. They have to come back then before they write again. A document that they have made meanwhile is there as any other.
 */
async function keepAndReplace(
  { name, createdAtMs, contents, mayReplace }: Replacement,
  moves: Rearranging,
  context: AdminContext,
): Promise<Replaced> {
  const { log } = context;
  let first: Replaced | null = null;
  let kept: Replaced | null = null;
  let left = [...contents];
  // Of a change that failed nobody knows whether it is on disk: then the file may be all there is.
  let isChanging = false;
  try {
    for (let tries = 1; ; tries++) {
      // Once something is replaced the rest is, too.
      if (first === null) checkWanted(context);
      const before = await Promise.all(left.map(([id]) => log.view(id)));
      kept = await keepInPlaceOf(kept, name, context);
      const isMadeByOthers = tries === 1 && !kept.existed && !(await log.createDocument(name, createdAtMs));
      if (isMadeByOthers) kept = { ...kept, existed: true };
      const isTheirs = first === null && (kept.existed || before.some(({ head }) => head > 0));
      if (!mayReplace && isTheirs) throw documentExists(name);
      isChanging = true;
      const replaced = await replaceWhile(before, left, kept.existed, moves);
      isChanging = false;
      left = left.slice(replaced);
      if (left.length === 0) return first === null ? kept : { ...first, warning: warningsOf(first, alsoKept(kept)) };
      if (replaced > 0) [first, kept] = [first ?? kept, null];
      if (tries === MAX_TRIES) {
        if (first === null) throw neverQuiet(name);
        if (kept?.file) await rm(kept.file);
        return { ...first, warning: warningsOf(first, NEVER_QUIET_BESIDE) };
      }
      // Nobody is sent out of what they have just begun: it is theirs.
      if (mayReplace || first !== null) await log.beginEpoch(left[0]![0]);
    }
  } catch (error) {
    // What it holds is still there.
    if (kept?.file && !isChanging) await rm(kept.file, { force: true });
    throw error;
  }
}

/** @param before of which nothing was replaced: all that it holds is in the new file, too */
async function keepInPlaceOf(before: Replaced | null, name: DocumentName, context: AdminContext): Promise<Replaced> {
  const there = await keepWhatIsThere(name, context);
  if (before === null) return there;
  const { existed } = before;
  if (there.file === null) return { ...before, warning: there.warning };
  if (before.file !== null) await rm(before.file);
  return { ...there, existed };
}

const neverQuiet = (name: DocumentName): SyncError =>
  new SyncError(
    'SEVERAL_SERVERS',
    `Somebody at another server wrote in "${name}" each of the ${MAX_TRIES} times that it was to be replaced. Nothing was changed: ask ` +
      'again when they pause.',
  );

const NEVER_QUIET_BESIDE =
  'What stands beside the text was not replaced: somebody at another server wrote there each time that it was to be. Ask again when they ' +
  'pause.';

/**
 * Of a document that was there an empty channel is emptied as well: at another server somebody may be writing what would be the first
 * in it, and belongs to the text from before.
 * @returns how many, in their order, were as they are known
 */
async function replaceWhile(
  before: readonly ChannelView[],
  contents: readonly (readonly [ChannelId, ChannelContent])[],
  existed: boolean,
  moves: Rearranging,
): Promise<number> {
  for (const [place, [id, content]] of contents.entries()) {
    const isEmpty = content.entries.length === 0 && content.base === null && before[place]!.head === 0;
    if ((existed || !isEmpty) && (await moves.replaceChannel(id, content, before[place])) === null) return place;
  }
  return contents.length;
}

const alsoKept = ({ file, warning }: Replaced): string | null =>
  file === null ? warning : `What was written at another server meanwhile is in ${file}.`;

const warningsOf = ({ warning }: Replaced, another: string | null): string | null =>
  [warning, another].filter((sentence) => sentence !== null).join(' ') || null;

/** @throws SyncError `DOCUMENT_EXISTS` */
export async function checkIsNew(name: DocumentName, { log }: AdminContext): Promise<void> {
  if ((await log.document(name)) !== null) throw documentExists(name);
}

const documentExists = (name: DocumentName): SyncError =>
  new SyncError(
    'DOCUMENT_EXISTS',
    `There is a document "${name}" already, and nothing was changed. Choose another name with --name, or put this one in its ` +
      'place with --replace: what is there now is then kept in a file.',
  );

/** The checkpoint proves that the entries make a document: the gate and Yjs have both read every one of them (I4). */
async function buildContent(
  { document, kind }: ChannelId,
  entries: readonly Entry[],
  archived: ArchivedBase | null,
  { history, onProgress }: AdminContext,
): Promise<{ readonly content: ChannelContent; readonly description: Description | null }> {
  const last = entries.at(-1);
  if (!last && !archived) {
    const nothing = { base: null, entries, checkpoint: null };
    return { content: nothing, description: { title: '', excerpt: '', characters: 0 } };
  }
  onProgress({ doing: `Building ${document}`, done: 0, total: 0 });
  try {
    const built = archived && (await history.buildCheckpoint({ checkpointState: archived.state, updates: [] }));
    const base = archived && built && baseOf(archived, built);
    if (!last) return { content: { base, entries, checkpoint: null }, description: built!.description };
    const updates = entries.map(({ update }) => update);
    const next = await history.buildCheckpoint({ checkpointState: base?.checkpoint.state ?? null, updates });
    const { description } = next;
    return {
      content: { base, entries, checkpoint: checkpointAfter(base?.checkpoint ?? null, entries, next) },
      description,
    };
  } catch (cause) {
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `The ${kind} of ${document} cannot be built from its entries: ${(cause as Error).message}. Nothing was changed.`,
      { cause },
    );
  }
}

/** Nothing that follows from the state is believed, and nobody in it is without an owner. */
function baseOf({ seq, timeMs, link, outboxes, owners: said }: ArchivedBase, built: BuiltCheckpoint): ChannelBase {
  const { state, stateVector, deleteSet, contentHash } = built;
  const owners = new Map(clientsIn(stateVector).map((client) => [client, said.get(client) ?? '']));
  return { checkpoint: { seq, state, stateVector, deleteSet, contentHash, outboxes, owners }, timeMs, link };
}

/** Writes what stands under a name to a file. */
async function keepWhatIsThere(name: DocumentName, { dataFolder, log }: AdminContext): Promise<Replaced> {
  const info = await log.document(name);
  if (info === null) return nothingReplaced;
  const file = replacedFile(dataFolder, name, Date.now());
  try {
    await writeDocumentArchive(file, log, info);
    return { existed: true, file, warning: null };
  } catch (error) {
    // A damaged document is what one brings a backup back for.
    if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
    const warning = `What was there could not be kept in a file, because it is damaged. ${error.message}`;
    return { existed: true, file: null, warning };
  }
}
