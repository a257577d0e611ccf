// The one grammar for document names, used by every path that takes one: URLs, messages, the command line, keys.
// A name has 1–255 bytes of UTF-8 in NFC without control characters; `/` separates segments, none of which is empty,
// `.` or `..`. Names are case-sensitive. Control characters being refused, U+0000 can end a name inside a key.

import { MAX_DOCUMENT_NAME_BYTES } from './limits.js';

declare const documentNameBrand: unique symbol;
export type DocumentName = string & { readonly [documentNameBrand]: true };

export type ParsedName =
  | { readonly ok: true; readonly name: DocumentName }
  /** `suggestion` is the NFC form when that alone was wrong. */
  | { readonly ok: false; readonly reason: string; readonly suggestion?: string };

const encoder = new TextEncoder();
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const controlCharacter = /\p{Cc}/u;

/** The only maker of a DocumentName. Never throws. */
export function parseDocumentName(text: string): ParsedName {
  if (text.length === 0) return { ok: false, reason: 'A document name cannot be empty.' };
  if (loneSurrogate.test(text)) return { ok: false, reason: 'A document name must be valid Unicode.' };
  if (text.length > MAX_DOCUMENT_NAME_BYTES || encoder.encode(text).length > MAX_DOCUMENT_NAME_BYTES) {
    return { ok: false, reason: `A document name has at most ${MAX_DOCUMENT_NAME_BYTES} bytes.` };
  }
  if (controlCharacter.test(text)) return { ok: false, reason: 'A document name cannot hold control characters.' };
  const nfc = text.normalize('NFC');
  if (nfc !== text) {
    return { ok: false, reason: `A document name must be in Unicode form NFC: "${nfc}".`, suggestion: nfc };
  }
  for (const segment of text.split('/')) {
    if (segment === '') return { ok: false, reason: 'A document name cannot have an empty part between slashes.' };
    if (segment === '.' || segment === '..') {
      return { ok: false, reason: 'A document name cannot have "." or ".." as a part.' };
    }
  }
  return { ok: true, name: text as DocumentName };
}

/**
 * Reads a name from the rest of a URL path, as sent: exactly one percent-decoding, then the grammar.
 *
 * @param path without its leading slash and without the query
 */
export function parseDocumentPath(path: string): ParsedName {
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return { ok: false, reason: 'A document name in a URL must be percent-encoded UTF-8.' };
  }
  return parseDocumentName(text);
}

/** The inverse of parseDocumentPath: slashes stay, everything else that needs it is percent-encoded. */
export function documentPath(name: DocumentName): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
