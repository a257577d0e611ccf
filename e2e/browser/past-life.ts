// Writes the past of a document into a log: who wrote what, and when, as if it had been typed then.

import type { DocumentLog } from '@weft/server/log';
import * as Y from 'yjs';
import { documentName } from '../../bench/src/measure/open-store.js';

export interface Stretch {
  /** Opaque id, as the server gives it. */
  readonly person: string;
  readonly name: string;
  readonly atMs: number;
  readonly betweenMs: number;
  /** Each becomes an entry. */
  readonly does: readonly ((root: Y.XmlFragment, doc: Y.Doc) => void)[];
}

export async function writeLife(log: DocumentLog, name: string, life: readonly Stretch[]): Promise<void> {
  const document = documentName(name);
  let written = 0;
  let heard = (_seq: number): void => undefined;
  const channel = await log.open({ document, kind: 'content' }, { durable: (seq) => heard(seq) });
  const state = new Y.Doc();
  for (const { person, name: called, atMs, betweenMs, does } of life) {
    const record = { name: called, email: null, firstSeenMs: atMs, lastSeenMs: atMs };
    const value = new TextEncoder().encode(JSON.stringify(record));
    await log.records.write([{ table: 'person', key: person, value }]);
    // Each time somebody sits down their page has a client id of its own.
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(state));
    doc.on('update', (update: Uint8Array) => Y.applyUpdate(state, update));
    for (const [index, act] of does.entries()) {
      const before = Y.encodeStateVector(state);
      doc.transact(() => act(doc.getXmlFragment('prosemirror'), doc));
      const update = Y.encodeStateAsUpdate(state, before);
      const timeMs = atMs + index * betweenMs;
      channel.append({ timeMs, author: person, outboxId: '', clientSeq: 0, update });
      written += 1;
    }
  }
  if (channel.head < written) {
    await new Promise<void>((resolve) => {
      heard = (seq) => seq >= written && resolve();
    });
  }
  await channel.close();
  await log.describeDocument(
    { name: document, title: 'Almanac', excerpt: '', characters: 0, updatedAtMs: Date.now() },
    1,
  );
}

/** Appends a block, and types into it letter by letter. */
export function typed(text: string, block = 'paragraph'): Stretch['does'] {
  const begin = (root: Y.XmlFragment): void => {
    const element = new Y.XmlElement(block);
    element.insert(0, [new Y.XmlText()]);
    root.insert(root.length, [element]);
  };
  return [
    begin,
    ...[...text].map((letter, at) => (root: Y.XmlFragment) => textOf(root, root.length - 1).insert(at, letter)),
  ];
}

export const textOf = (root: Y.XmlFragment, block: number): Y.XmlText =>
  (root.get(block) as Y.XmlElement).get(0) as Y.XmlText;
