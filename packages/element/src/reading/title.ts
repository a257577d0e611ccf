// What a document is called: the title that stands in it.

import { wellFormed } from '@weft/model';
import type { SharedDocument } from '@weft/provider';

type Doc = SharedDocument['doc'];

const TITLE_KEY = 'title';

/** Empty without one. */
export function titleOf(doc: Doc): string {
  const title = doc.getMap('meta').get(TITLE_KEY);
  return typeof title === 'string' ? title : '';
}

export const setTitle = (doc: Doc, title: string): unknown => doc.getMap('meta').set(TITLE_KEY, wellFormed(title));

export const observeTitle = (doc: Doc, listener: () => void): void => doc.getMap('meta').observe(listener);
export const unobserveTitle = (doc: Doc, listener: () => void): void => doc.getMap('meta').unobserve(listener);

/** Nobody has ever written here: who writes and deletes all of it leaves an empty paragraph. */
export const isBlank = (doc: Doc): boolean => titleOf(doc) === '' && doc.getXmlFragment('prosemirror').length === 0;
