// Whether a document is for newer editors only. A placeholder keeps what is unknown, but cannot know what it means: where
// an older editor would do harm all the same, the document says so in its root map "weft", under "schema".

import { SCHEMA_VERSION } from '@weft/model';
import * as words from '@weft/words/text';
import type * as Y from 'yjs';

const ROOT = 'weft';

export interface NeededEditor {
  /** A sentence; null while this editor will do. */
  readonly reason: string | null;
  stop(): void;
}

/** @param onChange  called when the reason is another */
export function neededEditor(doc: Y.Doc, onChange: () => void): NeededEditor {
  let reason = reasonOf(doc);
  const look = (): void => {
    const next = reasonOf(doc);
    if (next === reason) return;
    reason = next;
    onChange();
  };
  doc.on('afterTransaction', look);
  return {
    get reason() {
      return reason;
    },
    stop: () => doc.off('afterTransaction', look),
  };
}

function reasonOf(doc: Y.Doc): string | null {
  // Looking for a root that is not there would make it.
  const version = doc.share.has(ROOT) ? doc.getMap(ROOT).get('schema') : undefined;
  return typeof version === 'number' && version > SCHEMA_VERSION ? words.ofNewerForm(version, SCHEMA_VERSION) : null;
}
