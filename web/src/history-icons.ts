// Icons of the page of a document's past.

import { ArrowLeft, BookmarkPlus, Play, RotateCcw } from 'lucide';
import { icon } from './icons.js';

export const historyIcons = {
  back: icon(ArrowLeft),
  bookmark: icon(BookmarkPlus),
  play: icon(Play),
  restore: icon(RotateCcw),
};
