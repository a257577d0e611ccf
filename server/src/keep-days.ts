// For how many days the past of documents may be kept, and before which moment it may be taken away, wherever that is said: the
// configuration, an owner, a command.

export const MAX_KEEP_DAYS = 36_500;

export const isKeepDays = (days: unknown): days is number =>
  Number.isSafeInteger(days) && (days as number) >= 1 && (days as number) <= MAX_KEEP_DAYS;

export const STILL_TO_COME = 'That moment is still to come: nobody knows yet what lies before it.';
