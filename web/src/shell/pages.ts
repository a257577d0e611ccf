// The pages of the app by their addresses. What draws one is a part of the app that is loaded when it is first shown.

import { loadEditor } from '@weft/element/editor-part';
import { KEPT_PATH } from '../kept/kept-path.js';
import { HISTORY_PREFIX } from '../past/history-path.js';
import { TRASH_PATH } from '../trash/trash-path.js';

export const DOCUMENT_PREFIX = '/d/';

export type PageName = 'start' | 'document' | 'history' | 'kept' | 'trash' | 'sign-in' | 'absent';

export function pageAt(path: string): PageName {
  if (path === '/') return 'start';
  if (path === KEPT_PATH) return 'kept';
  if (path === TRASH_PATH) return 'trash';
  if (path === '/sign-in') return 'sign-in';
  if (path.startsWith(HISTORY_PREFIX)) return 'history';
  return path.startsWith(DOCUMENT_PREFIX) ? 'document' : 'absent';
}

/** What draws it. */
export const pageParts = {
  start: () => import('../start/start-page.js'),
  document: () => import('../document/document-page.js'),
  history: () => import('../past/history-page.js'),
  kept: () => import('../kept/kept-page.js'),
  trash: () => import('../trash/trash-page.js'),
  'sign-in': () => import('../sign-in/sign-in-page.js'),
} as const;

/** Begins to load what the page at an address needs. Whoever shows the page says what did not come. @returns when it came, or did not */
export function fetchPage(path: string): Promise<unknown> {
  const name = pageAt(path);
  if (name === 'absent') return Promise.resolve();
  return Promise.allSettled([pageParts[name](), name === 'document' ? loadEditor() : null]);
}
