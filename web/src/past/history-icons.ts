// Icons of the page of a document's past.

import { icon } from '@weft/element/ui/icons';
import { ArrowLeft, BookmarkPlus, Play, RotateCcw } from 'lucide';

export const historyIcons = {
  back: icon(ArrowLeft, 'way'),
  bookmark: icon(BookmarkPlus),
  play: icon(Play),
  restore: icon(RotateCcw),
};
