// What the store knows of a file that belongs to a document: one record in the table `asset`, under the document's name and
// the file's id. The id is the SHA-256 of its bytes, so the same file is one file, however often it is sent.

import type { DocumentName } from '@weft/protocol';
import type { RecordChange, StoredValue } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { ASSET_TYPES, type AssetType } from './asset-type.js';

declare const assetIdBrand: unique symbol;
/** 64 digits of a–f and 0–9. */
export type AssetId = string & { readonly [assetIdBrand]: true };

/** @returns null for what is no id: nothing else ever becomes a part of a path */
export const parseAssetId = (text: string): AssetId | null => (/^[0-9a-f]{64}$/.test(text) ? (text as AssetId) : null);

export interface Asset {
  readonly id: AssetId;
  readonly bytes: number;
  /** Found in its bytes, whatever was said of it. */
  readonly type: AssetType;
  /** In points, of a picture; null of anything else. */
  readonly width: number | null;
  readonly height: number | null;
  /** What it is called when somebody saves it. */
  readonly name: string;
  /** Who sent it first, as in entries. */
  readonly person: string;
  readonly addedAtMs: number;
}

/** With what the records of a document's files begin. */
export const assetPrefix = (document: DocumentName): string => `${document}\0`;
export const assetKey = (document: DocumentName, id: AssetId): string => assetPrefix(document) + id;

export function putAsset(document: DocumentName, { id, ...rest }: Asset): RecordChange {
  return { table: 'asset', key: assetKey(document, id), value: new TextEncoder().encode(JSON.stringify(rest)) };
}

/** @throws SyncError `STORE_UNREADABLE` when the record is not what is written here */
export function readAsset({ key, value }: StoredValue): { readonly document: DocumentName; readonly asset: Asset } {
  const [document = '', idText = ''] = key.split('\0');
  try {
    const id = parseAssetId(idText);
    const fields = JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>;
    const { bytes, type, width, height, name, person, addedAtMs } = fields;
    const knownType = ASSET_TYPES.find((known) => known === type);
    const numbers = [bytes, addedAtMs, width ?? 0, height ?? 0];
    const isSound = numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0);
    if (id === null || knownType === undefined || !isSound || typeof name !== 'string' || typeof person !== 'string') {
      throw new Error('it has other fields');
    }
    const asset = { id, bytes, type: knownType, width, height, name, person, addedAtMs } as Asset;
    return { document: document as DocumentName, asset };
  } catch (cause) {
    const sentence = `What is known of the file ${idText} of "${document}" cannot be read: ${(cause as Error).message}.`;
    throw new SyncError('STORE_UNREADABLE', sentence, { cause });
  }
}
