// What keys do at the slider of a life: steps with arrows, days with pages, and its two ends.

import type { Timeline } from './timeline.js';

/** The entry to go to from another. */
export const seqByKey: Readonly<Record<string, (timeline: Timeline, seq: number) => number>> = {
  ArrowRight: (timeline, seq) => timeline.stepFrom(seq, 1),
  ArrowUp: (timeline, seq) => timeline.stepFrom(seq, 1),
  ArrowLeft: (timeline, seq) => timeline.stepFrom(seq, -1),
  ArrowDown: (timeline, seq) => timeline.stepFrom(seq, -1),
  PageUp: (timeline, seq) => timeline.days.find((day) => day.seq > seq)?.seq ?? timeline.last,
  PageDown: (timeline, seq) => timeline.days.findLast((day) => day.seq < seq)?.seq ?? timeline.before,
  Home: (timeline) => timeline.before,
  End: (timeline) => timeline.last,
};
