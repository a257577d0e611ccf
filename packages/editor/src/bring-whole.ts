// Who moves a block brings along what others put in it meanwhile and is more than its letters: pictures, mentions, and all that
// this schema does not know (I12). It is written anew as a whole, beside where the block was. Text is for bring-along.ts.

import { schema } from '@weft/model';
import * as Y from 'yjs';
import { BROUGHT_ALONG, indexBeside } from './bring-along.js';
import { copyOf, isPartOfMore, moreThanText, standsInText } from './more-than-text.js';
import { newItemsOf } from './moved-letters.js';

/**
 * Watches until the returned function is called. What is collected cannot be read: it relies on bringAlong() for that.
 *
 * @param mayWrite  whether this person may now
 */
export function bringWhole(fragment: Y.XmlFragment, mayWrite: () => boolean): () => void {
  const doc = fragment.doc!;
  /** Types that were deleted here, or fell with those. */
  const gone = new WeakSet<object>();
  let isAnyGone = false;

  const bring = (y: Y.XmlElement): void => {
    const block = standsInText(y) ? new Y.XmlElement(schema.nodes.paragraph.name) : copyOf(y);
    if (standsInText(y)) block.insert(0, [copyOf(y)]);
    fragment.insert(indexBeside(y._item!, fragment), [block]);
  };

  const watch = (transaction: Y.Transaction): void => {
    const { local, origin, deleteSet } = transaction;
    if (local) {
      if (origin === BROUGHT_ALONG) return;
      Y.iterateDeletedStructs(transaction, deleteSet, (struct) => {
        if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentType)) return;
        gone.add(struct.content.type);
        isAnyGone = true;
      });
      return;
    }
    if (!isAnyGone) return;
    const fallen = newItemsOf(transaction).filter((item) => item.deleted && isWithin(item, gone));
    for (const { content } of fallen) if (content instanceof Y.ContentType) gone.add(content.type);
    const whole = fallen.flatMap((item) => (isPartOfMore(item, transaction) ? [] : (moreThanText(item) ?? [])));
    if (whole.length > 0 && mayWrite()) doc.transact(() => whole.forEach(bring), BROUGHT_ALONG);
  };
  doc.on('afterTransaction', watch);
  return () => doc.off('afterTransaction', watch);
}

function isWithin(item: Y.Item, types: { has(type: object): boolean }): boolean {
  for (let at: Y.Item | null = item; at; at = (at.parent as Y.AbstractType<unknown>)._item) {
    if (types.has(at.parent as object)) return true;
  }
  return false;
}
