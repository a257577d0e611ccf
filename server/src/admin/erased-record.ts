// Up to which entries all that was deleted in a document was erased (L5): said in the batch that erases it. Where nothing was written
// since, there is nothing to erase, and nobody has to be sent out.

import type { DocumentName } from '@weft/protocol';
import type { ChannelKind, RecordChange, RecordStore, Seq } from '../log/document-log.js';

export type ErasedUpTo = Partial<Record<ChannelKind, Seq>>;

const keyOf = (document: DocumentName): string => `${document}\0erased`;

export function putErasedUpTo(document: DocumentName, heads: ErasedUpTo): RecordChange {
  return { table: 'keeping', key: keyOf(document), value: new TextEncoder().encode(JSON.stringify(heads)) };
}

/** Of what cannot be read nothing is known. */
export async function erasedUpTo(document: DocumentName, records: Pick<RecordStore, 'get'>): Promise<ErasedUpTo> {
  try {
    const value = await records.get('keeping', keyOf(document));
    return value === null ? {} : ((JSON.parse(new TextDecoder().decode(value)) ?? {}) as ErasedUpTo);
  } catch {
    return {};
  }
}
