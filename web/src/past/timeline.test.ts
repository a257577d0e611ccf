import { describe, expect, test } from 'vitest';
import { Timeline } from './timeline.js';

const [ANN, BEN] = [0, 1];
const MORNING_MS = new Date(2026, 4, 12, 9).getTime();
const DAY_MS = 24 * 3_600_000;

/** Ann types three letters, Ben two, and the day after Ann one. */
function threeSteps(): Timeline {
  const timeline = new Timeline();
  const first = [0, 200, 400].map((ms) => MORNING_MS + ms);
  timeline.add(Float64Array.from(first), Uint32Array.of(ANN, ANN, ANN));
  const rest = [600, 60_000, DAY_MS].map((ms) => MORNING_MS + ms);
  timeline.add(Float64Array.from(rest), Uint32Array.of(BEN, BEN, ANN));
  return timeline;
}

describe('a timeline', () => {
  test('has pauses cut short, and entries at once apart', () => {
    const timeline = threeSteps();
    expect([0, 1, 2, 3, 4, 5, 6].map((seq) => timeline.placeOf(seq))).toEqual([0, 30, 230, 430, 630, 2630, 4630]);
    expect(timeline.length).toBe(4630);
    expect([-1, 0, 29, 30, 230, 2000, 2630, 9999].map((place) => timeline.seqAt(place))).toEqual([
      0, 0, 0, 1, 2, 4, 5, 6,
    ]);
  });

  test('goes by what one person did without a pause', () => {
    const timeline = threeSteps();
    const forward: number[] = [];
    for (let seq = 0; seq < timeline.last; ) {
      seq = timeline.stepFrom(seq, 1);
      forward.push(seq);
    }
    expect(forward).toEqual([3, 4, 5, 6]);
    expect([6, 5, 4, 3, 2, 0].map((seq) => timeline.stepFrom(seq, -1))).toEqual([5, 4, 3, 0, 0, 0]);
    expect(timeline.stepFrom(6, 1)).toBe(6);
    expect(timeline.stepFrom(1, 1)).toBe(3);
    expect([0, 2, 4, 6].map((seq) => timeline.stepOf(seq))).toEqual([0, 1, 4, 6]);
  });

  test('knows days, and when people sat down', () => {
    const timeline = threeSteps();
    expect(timeline.days.map(({ seq }) => seq)).toEqual([1, 6]);
    expect(timeline.dayOf(0)).toBe(null);
    expect(timeline.dayOf(5)).toBe(timeline.days[0]);
    expect(timeline.dayOf(6)).toBe(timeline.days[1]);
    expect([1, 5, 6].map((seq) => timeline.sittingOf(seq))).toEqual([1, 1, 6]);
  });

  test('says for each stretch how much was done, and by whom most', () => {
    const bars = threeSteps().bars(2);
    expect(bars).toEqual([
      { entries: 4, author: ANN },
      { entries: 2, author: ANN },
    ]);
    expect(new Timeline().bars(2).map(({ entries }) => entries)).toEqual([0, 0]);
  });

  test('takes as many as there are', () => {
    const timeline = new Timeline();
    for (let page = 0; page < 3; page++) {
      const times = Float64Array.from({ length: 5_000 }, (_, i) => MORNING_MS + (page * 5_000 + i) * 100);
      timeline.add(times, new Uint32Array(5_000));
    }
    expect(timeline.length).toBe(30 + 14_999 * 100);
    expect(timeline.seqAt(timeline.placeOf(12_345))).toBe(12_345);
    expect(timeline.stepFrom(0, 1)).toBe(40);
  });

  test('of a past that was trimmed begins with what stands for it', () => {
    const timeline = new Timeline();
    timeline.add(Float64Array.of(MORNING_MS), Uint32Array.of(ANN), 70);
    timeline.add(Float64Array.of(MORNING_MS + 500, MORNING_MS + 9_000), Uint32Array.of(ANN, BEN), 71);
    expect([timeline.before, timeline.last, timeline.length]).toEqual([69, 72, 2530]);
    expect([0, 30, 530, 2530].map((place) => timeline.seqAt(place))).toEqual([69, 70, 71, 72]);
    expect([timeline.timeOf(69), timeline.timeOf(72)]).toEqual([MORNING_MS, MORNING_MS + 9_000]);
    expect([timeline.stepFrom(69, 1), timeline.stepFrom(72, -1), timeline.stepFrom(71, -1)]).toEqual([71, 71, 69]);
    expect(timeline.bars(1)).toEqual([{ entries: 3, author: ANN }]);
  });
});
