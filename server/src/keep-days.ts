// For how many days the past of documents may be kept, which of its versions, and before which moment it may be taken away, wherever
// that is said: the configuration, an owner, a command.

export const MAX_KEEP_DAYS = 36_500;

export const isKeepDays = (days: unknown): days is number =>
  Number.isSafeInteger(days) && (days as number) >= 1 && (days as number) <= MAX_KEEP_DAYS;

/** Of versions that were made by themselves; `thinned`: fewer of them with age, as the configuration says. */
export type KeptVersions = 'all' | 'thinned';

export const isKeptVersions = (versions: unknown): versions is KeptVersions =>
  versions === 'all' || versions === 'thinned';

export const STILL_TO_COME = 'That moment is still to come: nobody knows yet what lies before it.';
