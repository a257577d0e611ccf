// A version as it lies in the table `version`: JSON under the name of its document and the entry it points to. It holds no
// text, and no names of people (FORMAT.md).

import type { DocumentName } from '@weft/protocol';
import type { RecordChange, Seq, StoredValue } from '../log/document-log.js';
import { messageOf } from '../sync-error.js';
import { parseVersionId, type VersionPlace, versionId } from '../version-id.js';
import type { Changes } from './count-changes.js';

/** By itself, when people came to rest; by name; or because a restore followed. */
export const VERSION_REASONS = ['automatic', 'named', 'before-restore'] as const;
export type VersionReason = (typeof VERSION_REASONS)[number];

export interface Version {
  /** `seq-n`: in its document alone. */
  readonly id: string;
  /** The entry of the content that it points to: the text as it was after it. */
  readonly seq: Seq;
  /** The version before it pointed here when this one was made: what follows is said of the entries after it. */
  readonly sinceSeq: Seq;
  /** Of the entry. */
  readonly timeMs: number;
  /** The channel's link after the entry, in base64url: the log still holds what it points to. */
  readonly link: string;
  readonly reason: VersionReason;
  /** '' unless it was named. */
  readonly name: string;
  /** Who named it, or restored; '' for nobody, or for one that was made by itself. */
  readonly by: string;
  readonly madeAtMs: number;
  /** Opaque ids of those who wrote, the first 100, and how many there were besides. */
  readonly people: readonly string[];
  readonly morePeople: number;
  /** null: they could not be counted. */
  readonly changes: Changes | null;
}

export const MAX_PEOPLE = 100;

const SEQ_DIGITS = 16;
const ORDINAL_DIGITS = 2;

/** With what the records of a document's versions begin. */
export const versionPrefix = (document: DocumentName): string => `${document}\0`;
/** And those of one moment; in the order of keys it lies before all of them, and behind those of earlier moments. */
export const momentPrefix = (document: DocumentName, seq: Seq): string =>
  `${document}\0${String(seq).padStart(SEQ_DIGITS, '0')}-`;

/** @returns null for what is no id of a version */
export function versionKey(document: DocumentName, id: string): string | null {
  const place = parseVersionId(id);
  return place && momentPrefix(document, place.seq) + String(place.ordinal).padStart(ORDINAL_DIGITS, '0');
}

/** The inverse. @returns null for what is no key of a version */
export function placeOfVersion(key: string): VersionPlace | null {
  const [seq = '', ordinal = ''] = (key.split('\0')[1] ?? '').split('-');
  const isPlace = seq.length === SEQ_DIGITS && ordinal.length === ORDINAL_DIGITS;
  return isPlace ? parseVersionId(`${seq.replace(/^0+(?=\d)/, '')}-${ordinal}`) : null;
}

export function putVersion(document: DocumentName, { id, seq: _, ...rest }: Version): RecordChange {
  return { table: 'version', key: versionKey(document, id)!, value: new TextEncoder().encode(JSON.stringify(rest)) };
}

export const removeVersion = (document: DocumentName, { id }: Version): RecordChange => ({
  table: 'version',
  key: versionKey(document, id)!,
  value: null,
});

/** What lies where a version should be, and cannot be read: it was damaged, or another Weft wrote it. It stays where it is. */
export interface UnreadableVersion {
  /** '' where not even that is known. */
  readonly id: string;
  readonly seq: Seq;
  /** A sentence. */
  readonly fault: string;
}

export const unreadableVersion = (key: string, fault: string): UnreadableVersion => {
  const place = placeOfVersion(key);
  return { id: place === null ? '' : versionId(place), seq: place?.seq ?? 0, fault };
};

/** @returns a sentence when the record is not what is written here */
export function readVersion({ key, value }: StoredValue): Version | string {
  const [document = ''] = key.split('\0');
  const place = placeOfVersion(key);
  try {
    if (place === null) throw new Error('its key is none of a version');
    const fields = JSON.parse(new TextDecoder().decode(value)) as Omit<Version, 'id' | 'seq'>;
    const { sinceSeq, timeMs, madeAtMs, reason, people, morePeople, name, by, link, changes } = fields;
    const numbers = [sinceSeq, timeMs, madeAtMs, morePeople, ...(changes ? [changes.inserted, changes.deleted] : [])];
    const texts = [name, by, link, ...people];
    const isKnown = VERSION_REASONS.includes(reason) && Array.isArray(people);
    if (!isKnown || !numbers.every(Number.isSafeInteger) || !texts.every((text) => typeof text === 'string')) {
      throw new Error('it has other fields');
    }
    return { ...fields, id: versionId(place), seq: place.seq };
  } catch (error) {
    const id = place === null ? 'A version' : `Version ${versionId(place)}`;
    return `${id} of "${document}" cannot be read: ${messageOf(error)}.`;
  }
}
