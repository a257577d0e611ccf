// Where a transaction comes from. Changes that arrive through Yjs (from others, or from undo) are never answered with
// further changes: every client would make its own, and they would all be kept.

import type { Transaction } from 'prosemirror-state';
import { ySyncPluginKey } from 'y-prosemirror';

export function isFromYjs(tr: Transaction): boolean {
  return tr.getMeta(ySyncPluginKey)?.isChangeOrigin === true;
}
