// Icons of what plays a document's life.

import { GitCompareArrows, Pause } from 'lucide';
import { historyIcons } from './history-icons.js';
import { icon } from './icons.js';

export const playIcons = {
  play: historyIcons.play,
  pause: icon(Pause),
  compare: icon(GitCompareArrows),
};
