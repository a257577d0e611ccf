// How long the past of a document is kept, and taking it away, asked of the server (docs/api.md). For owners and admins.

import { pathOf } from '../document/documents-api.js';
import { ask, isObject, tell, textOr } from '../shell/api.js';

/** Of versions that were made by themselves; `thinned`: fewer of them with age. */
export type KeptVersions = 'all' | 'thinned';

/** In days; null: for good. */
export interface Keeping {
  readonly versions: KeptVersions;
  readonly ofDocument: number | null;
  readonly ofServer: number | null;
  /** How much there is. */
  readonly entries: number;
  /** Since when; null where nothing was written. */
  readonly sinceMs: number | null;
}

/** What would go, or went. */
export interface TakenPast {
  readonly entries: number;
  readonly newestMs: number | null;
  readonly versions: number;
  /** Of those with names. */
  readonly named: readonly string[];
}

export interface Erasure extends TakenPast {
  /** All of it is erased already. */
  readonly isNothing: boolean;
  /** Files of what the document was before something took its place. */
  readonly replacedFiles: number;
  /** When those were made that hold it, until the next ones. */
  readonly backupsMs: readonly number[];
}

/** @throws Error with a sentence for people, as all of these */
export const readKeeping = async (document: string, signal: AbortSignal): Promise<Keeping> =>
  keepingIn(await ask(`/api/v1/keeping/${pathOf(document)}`, signal));

/** What is left out stays as it is. */
export interface WantedKeeping {
  /** null: as long as the server says. */
  readonly days?: number | null;
  readonly versions?: KeptVersions;
}

export const keep = async (document: string, wanted: WantedKeeping): Promise<Keeping> =>
  keepingIn(await tell(`/api/v1/keeping/${pathOf(document)}`, { ...wanted }));

export const planTrim = async (document: string, beforeMs: number, signal: AbortSignal): Promise<TakenPast> =>
  takenIn(await ask(`/api/v1/trims/${pathOf(document)}?before=${beforeMs}`, signal));

export const trim = async (document: string, beforeMs: number): Promise<TakenPast> =>
  takenIn(await tell(`/api/v1/trims/${pathOf(document)}`, { before: beforeMs, confirm: document }));

export const planErasure = async (document: string, signal: AbortSignal): Promise<Erasure> =>
  erasureIn(await ask(`/api/v1/erasures/${pathOf(document)}`, signal));

export const eraseDeleted = async (document: string): Promise<Erasure> =>
  erasureIn(await tell(`/api/v1/erasures/${pathOf(document)}`, { confirm: document }));

const keepingIn = ({ days, daysOfServer, versions, entries, sinceMs }: Record<string, unknown>): Keeping => ({
  versions: versions === 'all' ? 'all' : 'thinned',
  ofDocument: numberOr(days),
  ofServer: numberOr(daysOfServer),
  entries: Number(entries) || 0,
  sinceMs: numberOr(sinceMs),
});

const takenIn = ({ entries, newestMs, versions, named }: Record<string, unknown>): TakenPast => ({
  entries: Number(entries) || 0,
  newestMs: numberOr(newestMs),
  versions: Number(versions) || 0,
  named: (Array.isArray(named) ? named : []).filter(isObject).map(({ name }) => textOr(name, '')),
});

const erasureIn = (body: Record<string, unknown>): Erasure => ({
  ...takenIn(body),
  isNothing: body.nothing === true,
  replacedFiles: Number(body.replacedFiles) || 0,
  backupsMs: (Array.isArray(body.backups) ? body.backups : [])
    .filter(isObject)
    .map(({ lastMs }) => Number(lastMs) || 0),
});

const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null);
