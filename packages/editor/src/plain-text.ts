// The text of a Y.Doc as plain text, whatever schema it was written with: for copying what could not be saved.

import { documentFromJson, readYjs, toPlainText } from '@weft/model';
import type * as Y from 'yjs';

export const plainText = (doc: Y.Doc): string => toPlainText(documentFromJson(readYjs(doc).content).doc);
