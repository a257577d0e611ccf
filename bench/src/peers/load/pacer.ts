// People who do something at a steady pace, each in a phase of their own: a list of moments, and a clock that plays it.

import * as prng from 'lib0/prng';

const SEED = 1;

export interface Score {
  /** Ascending, from the beginning. */
  readonly dueMs: Float64Array;
  /** Who, at each. */
  readonly who: Int32Array;
}

/** Everybody's phase is the same in every run. */
export function compose(people: number, perSecond: number, durationMs: number): Score {
  const random = prng.create(SEED);
  const periodMs = 1000 / perSecond;
  const beats: (readonly [number, number])[] = [];
  for (let who = 0; who < people; who++) {
    for (let due = prng.real53(random) * periodMs; due < durationMs; due += periodMs) beats.push([due, who]);
  }
  beats.sort(([a], [b]) => a - b);
  return { dueMs: Float64Array.from(beats, ([due]) => due), who: Int32Array.from(beats, ([, who]) => who) };
}

/** Calls `act` at each moment, to the millisecond; what is late is made up for at once. @throws what `act` throws */
export function play({ dueMs, who }: Score, act: (who: number) => void): Promise<void> {
  const startMs = performance.now();
  let next = 0;
  return new Promise((resolve, reject) => {
    const step = (): void => {
      try {
        const passedMs = performance.now() - startMs;
        for (; next < dueMs.length && dueMs[next]! <= passedMs; next++) act(who[next]!);
      } catch (error) {
        reject(error);
        return;
      }
      if (next === dueMs.length) resolve();
      else setTimeout(step, Math.max(1, dueMs[next]! - (performance.now() - startMs)));
    };
    step();
  });
}
