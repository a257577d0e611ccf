// Where a page of the list of documents ended, as clients keep it: sealed, for the document that was looked at last may be one
// that they are to know nothing of. A restart forgets the key: whoever was in the middle begins again.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type DocumentName, MAX_DOCUMENT_NAME_BYTES } from '@weft/protocol';
import type { DocumentInfo } from '../log/document-log.js';

export type Place = Pick<DocumentInfo, 'name' | 'updatedAtMs'>;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TIME_DIGITS = 16;
/** All are of one length: it says nothing of the name. */
const PLACE_BYTES = TIME_DIGITS + MAX_DOCUMENT_NAME_BYTES;

export class PageCursors {
  readonly #key = randomBytes(32);

  /** The next page begins after it, also when that document was changed or erased meanwhile. */
  write({ updatedAtMs, name }: Place): string {
    const place = Buffer.alloc(PLACE_BYTES);
    place.write(String(updatedAtMs).padStart(TIME_DIGITS, '0') + name);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(place), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @returns undefined when it is none of ours */
  read(text: string): Place | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length !== NONCE_BYTES + TAG_BYTES + PLACE_BYTES) return undefined;
    const sealedAt = NONCE_BYTES + TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, sealedAt));
    try {
      const place = Buffer.concat([decipher.update(bytes.subarray(sealedAt)), decipher.final()]).toString();
      const name = place.slice(TIME_DIGITS).replace(/\0+$/, '') as DocumentName;
      return { updatedAtMs: Number(place.slice(0, TIME_DIGITS)), name };
    } catch {
      return undefined;
    }
  }
}
