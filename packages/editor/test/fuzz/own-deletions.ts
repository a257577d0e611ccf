// Which letters fell: they are gone because what they were in was moved or deleted by somebody who had not heard of them, and
// nobody wrote them where it went. Two people who each take away one of two copies do not count.

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
   * @param lost  what nobody sees
   * @param archive  a Y.Doc that collects nothing
   */
  fallen(lost: Iterable<string>, archive: Y.Doc): string[] {
    const [fell, brought] = [new Map<string, number>(), new Map<string, number>()];
    for (const [client, structs] of archive.store.clients) {
      for (const struct of structs) {
        if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
        struct.content.str.split('').forEach((character, i) => {
          if (!isTracked(character)) return;
          const id = keyOf(client, struct.id.clock + i);
          if (!this.#deleted.has(id)) fell.set(character, (fell.get(character) ?? 0) + 1);
          if (this.#brought.has(id)) brought.set(character, (brought.get(character) ?? 0) + 1);
        });
      }
    }
    return [...lost].filter((character) => (fell.get(character) ?? 0) > (brought.get(character) ?? 0));
  }
}

const keyOf = (client: number, clock: number): string => `${client}:${clock}`;

function addAll(ids: Set<string>, client: number, from: number, to: number): void {
  for (let clock = from; clock < to; clock += 1) ids.add(keyOf(client, clock));
}
