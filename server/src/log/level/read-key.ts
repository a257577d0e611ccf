// Reads a key as it was found (keys.ts writes them): for whoever goes through the whole store.

import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { type ChannelId, type Seq, TABLES, type Table } from '../document-log.js';

export type StoreKey =
  | { readonly kind: 'format' | 'anchor' | 'secret' | 'erased' | 'unknown' }
  | { readonly kind: 'journal'; readonly number: number }
  | { readonly kind: 'document'; readonly name: DocumentName }
  | { readonly kind: 'record'; readonly table: Table; readonly key: string }
  | { readonly kind: 'base' | 'meta'; readonly id: ChannelId }
  | { readonly kind: 'checkpoint'; readonly id: ChannelId; readonly seq: Seq }
  | { readonly kind: 'segment'; readonly id: ChannelId; readonly firstSeq: Seq; readonly lastSeq: Seq };

const unknownKey: StoreKey = { kind: 'unknown' };
/** Keys are read as one character per byte, so that the numbers at their end can follow text. */
const grammar = new RegExp(
  '^(?:(?<alone>format|anchor|secret)|(?<erased>erased/.{32})|journal/(?<number>.{8})|document/(?<document>.+)' +
    `|record/(?<table>${TABLES.join('|')})/(?<record>.+)` +
    '|channel/(?<name>[^\\0]+)\\0(?<channel>content|discussion)/' +
    '(?:(?<alike>base|meta)|checkpoint/(?<seq>.{8})|segment/(?<first>.{8})(?<last>.{8})))$',
  's',
);

export function readKey(key: Uint8Array): StoreKey {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const parts = grammar.exec(bytes.toString('latin1'))?.groups;
  if (!parts) return unknownKey;
  const { alone, erased, number, document, table, record, name, channel, alike, seq, first, last } = parts;
  if (alone !== undefined) return { kind: alone as 'format' | 'anchor' | 'secret' };
  if (erased !== undefined) return { kind: 'erased' };
  if (number !== undefined) return { kind: 'journal', number: numberOf(number) };
  if (record !== undefined) return { kind: 'record', table: table as Table, key: utf8(record) };
  const documentName = nameOf((document ?? name)!);
  if (documentName === null) return unknownKey;
  if (document !== undefined) return { kind: 'document', name: documentName };
  const id: ChannelId = { document: documentName, kind: channel as ChannelId['kind'] };
  if (alike !== undefined) return { kind: alike as 'base' | 'meta', id };
  if (seq !== undefined) return { kind: 'checkpoint', id, seq: numberOf(seq) };
  return { kind: 'segment', id, firstSeq: numberOf(first!), lastSeq: numberOf(last!) };
}

const numberOf = (text: string): number => Number(Buffer.from(text, 'latin1').readBigUInt64BE());

const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

function nameOf(text: string): DocumentName | null {
  const parsed = parseDocumentName(utf8(text));
  return parsed.ok ? parsed.name : null;
}
