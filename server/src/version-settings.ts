// Which moments of documents are kept by themselves, and for how long: the part "documents.versions" of the configuration.

import { z } from 'zod';

export interface VersionPolicy {
  /** Who writes nothing for so long has come to rest. */
  readonly pauseMs: number;
  /** All of them are kept so long, */
  readonly keepAllMs: number;
  /** from then on the last of each hour until they are so old, and then the last of each day, for good. */
  readonly keepHourlyMs: number;
}

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const MINUTES = 'a number of minutes, from 1 to 1440';
const DAYS = 'a number of days, from 0 to 36500';
const days = z.number({ error: DAYS }).min(0, DAYS).max(36_500, DAYS);

export const versionsSection = z
  .strictObject(
    {
      pauseMinutes: z.number({ error: MINUTES }).min(1, MINUTES).max(1440, MINUTES).default(10),
      keepAllDays: days.default(2),
      keepHourlyDays: days.default(30),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? 'There are pauseMinutes, keepAllDays, keepHourlyDays.'
          : 'an object in braces',
    },
  )
  .default({ pauseMinutes: 10, keepAllDays: 2, keepHourlyDays: 30 })
  .transform(
    ({ pauseMinutes, keepAllDays, keepHourlyDays }): VersionPolicy => ({
      pauseMs: pauseMinutes * MINUTE_MS,
      keepAllMs: keepAllDays * DAY_MS,
      keepHourlyMs: keepHourlyDays * DAY_MS,
    }),
  );

export const defaultVersionPolicy: VersionPolicy = versionsSection.parse({});
