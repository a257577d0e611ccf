// Icons of the page of a document's past.

import { ArrowLeft, BookmarkPlus, RotateCcw } from 'lucide';
import { icon } from './icons.js';

export const historyIcons = {
  back: icon(ArrowLeft),
  bookmark: icon(BookmarkPlus),
  restore: icon(RotateCcw),
};
