// Icons of what plays a document's life.

import { icon } from '@weft/element/ui/icons';
import { GitCompareArrows, Pause } from 'lucide';
import { historyIcons } from './history-icons.js';

export const playIcons = {
  play: historyIcons.play,
  pause: icon(Pause),
  compare: icon(GitCompareArrows),
};
