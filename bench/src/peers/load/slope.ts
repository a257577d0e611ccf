// Whether a server needs more memory with every minute.

export interface Sample {
  readonly minutes: number;
  readonly megabytes: number;
}

/** Of the line that lies nearest to all of them, in megabytes per minute. */
export function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = mean(samples.map((sample) => sample.minutes));
  const megabytes = mean(samples.map((sample) => sample.megabytes));
  let [above, below] = [0, 0];
  for (const sample of samples) {
    above += (sample.minutes - minutes) * (sample.megabytes - megabytes);
    below += (sample.minutes - minutes) ** 2;
  }
  return above / below;
}
