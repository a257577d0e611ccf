// `weft versions`, `weft show`, `weft restore`: the past of a document, for whoever runs the server.

import { randomUUID } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import { MOMENT_FORMATS, type MomentFormat, type MomentName } from '../history/moments.js';
import type { Restored, RestoreWish } from '../history/restores.js';
import type { Version } from '../history/version-record.js';
import { isReason, NO_REASON } from '../restore-reason.js';
import { SyncError } from '../sync-error.js';
import { documentNamed } from './named-document.js';
import { type AdminContext, checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

/** Whoever runs the server waits for a turn like anybody else. */
export const ASKER = 'a command';

export interface VersionsArgs {
  readonly name: string;
  /** The newest ones. */
  readonly limit: number;
  /** Id of the version that they come before; null for the newest. */
  readonly before: string | null;
}

/** A version, with the names of people where they are known. */
export interface ListedVersion extends Omit<Version, 'link'> {
  readonly names: readonly string[];
}

export interface VersionsResult {
  readonly name: DocumentName;
  readonly versions: readonly ListedVersion[];
  /** What cannot be read, in sentences. */
  readonly faults: readonly string[];
}

export const listVersions: Operation<VersionsArgs, VersionsResult> = {
  name: 'versions',
  readArgs: (input) => {
    const args = readObject(input);
    const { limit, before = null } = args;
    if (!Number.isSafeInteger(limit)) throw new SyncError('BAD_REQUEST', 'The limit is not a number.');
    return { name: readText(args, 'name'), limit: limit as number, before: before === null ? null : String(before) };
  },
  run: async ({ name, limit, before }, context) => {
    const { name: document } = await documentNamed(name, context);
    const { versions, unreadable } = await context.past.versions.list(document, { before, limit });
    const known = await context.persons.lookUp(versions.flatMap(({ people }) => people));
    const named = versions.map(({ link: _, ...version }) => ({
      ...version,
      names: version.people.map((person) => known.get(person)?.name ?? person),
    }));
    return { name: document, versions: named, faults: unreadable.map(({ fault }) => fault) };
  },
};

export interface ShowArgs {
  readonly name: string;
  readonly at: MomentName;
  readonly format: MomentFormat;
}

export interface ShowResult {
  readonly name: DocumentName;
  readonly seq: number;
  /** null: before the first entry. */
  readonly timeMs: number | null;
  readonly warnings: readonly string[];
  /**
   * The bytes of it. Not in a file: whoever holds the data folder may be another user than whoever asks, have other folders, and
   * is not to write where it is told to.
   */
  readonly base64: string;
}

/** To go over the socket in one line, of which there may be 256 MiB. */
const MAX_SHOWN_BYTES = 64 * 1024 * 1024;

export const showMoment: Operation<ShowArgs, ShowResult> = {
  name: 'show',
  readArgs: (input) => {
    const args = readObject(input);
    const format = MOMENT_FORMATS.find((known) => known === args.format);
    if (!format) throw new SyncError('BAD_REQUEST', 'The format is not one that can be written.');
    return { name: readText(args, 'name'), at: readMoment(args.at), format };
  },
  run: async ({ name, at, format }, context) => {
    const { name: document } = await documentNamed(name, context);
    context.onProgress({ doing: 'Reading the document', done: 0, total: 0 });
    const { bytes, seq, timeMs, warnings } = await context.past.moments.render(document, at, format, ASKER);
    checkWanted(context);
    if (bytes.length > MAX_SHOWN_BYTES) {
      const mebibytes = Math.ceil(bytes.length / 2 ** 20);
      throw new SyncError('TOO_LARGE', `That has ${mebibytes} MiB, too many to show. weft export writes it to a file.`);
    }
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return { name: document, seq, timeMs, warnings, base64 };
  },
};

export interface RestoreArgs {
  readonly name: string;
  readonly wish: RestoreWish;
  readonly reason: string;
}

export interface RestoreResult extends Restored {
  readonly name: DocumentName;
}

export const restoreMoment: Operation<RestoreArgs, RestoreResult> = {
  name: 'restore',
  readArgs: (input) => {
    const args = readObject(input);
    const reason = readText(args, 'reason');
    if (!isReason(reason)) throw new SyncError('BAD_USAGE', NO_REASON);
    return { name: readText(args, 'name'), wish: readWish(args.wish), reason };
  },
  run: async ({ name, wish, reason }, context) => {
    const { name: document } = await documentNamed(name, context);
    context.onProgress({ doing: 'Computing the change', done: 0, total: 0 });
    const isWanted = (): boolean => !context.signal.aborted;
    const request = { wish, reason, requestId: randomUUID(), by: 'admin', asker: ASKER, mayStill: isWanted };
    const restored = await context.past.restores.restore(document, request).catch((error: unknown) => {
      const why = error instanceof SyncError ? error.code : 'INTERNAL';
      const failed = { action: 'restore-failed', person: 'admin', document, detail: { why, reason } } as const;
      context.audit.note(failed);
      throw error;
    });
    if (restored.seq !== null) noteRestore(document, wish, restored, reason, context);
    return { name: document, ...restored };
  },
};

function noteRestore(
  document: DocumentName,
  wish: RestoreWish,
  { to, seq }: Restored,
  reason: string,
  context: AdminContext,
): void {
  const what = wish.kind === 'undo' ? { undo: String(wish.seq) } : { to: String(to) };
  const detail = { ...what, seq: String(seq), reason };
  context.audit.note({ action: 'moment-restored', person: 'admin', document, detail });
  context.tell(
    wish.kind === 'undo'
      ? `What entry ${wish.seq} of "${document}" had brought back was taken back by a command.`
      : `"${document}" was brought back by a command to what it was at its entry ${to}.`,
  );
}

function readWish(input: unknown): RestoreWish {
  const { kind, seq, to } = readObject(input);
  if (kind === 'moment') return { kind, to: readMoment(to) };
  if (kind === 'undo' && Number.isSafeInteger(seq)) return { kind, seq: seq as number };
  throw new SyncError('BAD_REQUEST', 'What is to come back is not known.');
}

/** What came over the socket is from a command of the same version, and no more than a name is made of it. */
export function readMoment(input: unknown): MomentName {
  const { kind, seq, id, timeMs } = readObject(input);
  if (kind === 'now') return { kind };
  if (kind === 'seq' && Number.isSafeInteger(seq)) return { kind, seq: seq as number };
  if (kind === 'time' && Number.isSafeInteger(timeMs)) return { kind, timeMs: timeMs as number };
  if (kind === 'version' && typeof id === 'string') return { kind, id };
  throw new SyncError('BAD_REQUEST', 'The moment is not one.');
}
