// How somebody likes to have the page of a document: a choice of this device, for all documents.

import { pageStorage } from '../shell/page-storage.js';

const KEY = 'weft.view';
const storage = pageStorage(() => localStorage);

export interface PageView {
  /** '', `wide` or `full`. */
  readonly width: string;
  /** The sheet alone is shown. */
  readonly focusMode: boolean;
}

export function keptView(): PageView {
  const kept = storage.getItem(KEY) ?? '';
  return { width: /wide|full/.exec(kept)?.[0] ?? '', focusMode: kept.includes('focus') };
}

export const keepView = ({ width, focusMode }: PageView): void =>
  storage.setItem(KEY, focusMode ? `${width} focus` : width);
