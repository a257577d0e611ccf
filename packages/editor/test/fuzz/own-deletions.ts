// What fell, of letters and of blocks that nobody here knows: it is gone because what it was in was moved or deleted by somebody
// who had not heard of it, and nobody wrote it where that went. Two people who each take away one of two copies do not count.

import * as Y from 'yjs';
import { BROUGHT_ALONG } from '../../src/bring-along.js';
import { isTracked } from './unique-text.js';

export class OwnDeletions {
  /** By client and clock: what somebody's own step took away, undo included. */
  readonly #deleted = new Set<string>();
  readonly #brought = new Set<string>();

  watch(doc: Y.Doc): void {
    doc.on('afterTransaction', ({ local, origin, deleteSet, beforeState, afterState }: Y.Transaction) => {
      if (!local) return;
      for (const [client, ranges] of deleteSet.clients) {
        for (const { clock, len } of ranges) addAll(this.#deleted, client, clock, clock + len);
      }
      if (origin !== BROUGHT_ALONG) return;
      addAll(this.#brought, doc.clientID, beforeState.get(doc.clientID) ?? 0, afterState.get(doc.clientID) ?? 0);
    });
  }

  /**
   * @param lost  what nobody sees: letters, and the labels of charts
   * @param archive  a Y.Doc that collects nothing
   */
  fallen(lost: Iterable<string>, archive: Y.Doc): string[] {
    const [fell, brought] = [new Map<string, number>(), new Map<string, number>()];
    const count = (what: string, id: string): void => {
      if (!this.#deleted.has(id)) fell.set(what, (fell.get(what) ?? 0) + 1);
      if (this.#brought.has(id)) brought.set(what, (brought.get(what) ?? 0) + 1);
    };
    for (const [client, structs] of archive.store.clients) {
      for (const struct of structs) {
        if (!(struct instanceof Y.Item)) continue;
        const { content, id } = struct;
        if (content instanceof Y.ContentString) {
          content.str.split('').forEach((character, i) => {
            if (isTracked(character)) count(character, keyOf(client, id.clock + i));
          });
        } else if (content instanceof Y.ContentType) {
          const label = labelOf(content.type);
          if (label !== null) count(label, keyOf(client, id.clock));
        }
      }
    }
    return [...lost].filter((what) => (fell.get(what) ?? 0) > (brought.get(what) ?? 0));
  }
}

/** Of a chart, also of one that is deleted. */
const labelOf = (type: Y.AbstractType<unknown>): string | null =>
  type instanceof Y.XmlElement && type.nodeName === 'chart'
    ? String(type._map.get('label')?.content.getContent()[0])
    : null;

const keyOf = (client: number, clock: number): string => `${client}:${clock}`;

function addAll(ids: Set<string>, client: number, from: number, to: number): void {
  for (let clock = from; clock < to; clock += 1) ids.add(keyOf(client, clock));
}
