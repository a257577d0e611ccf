// For how many days the past of documents may be kept, wherever that is said: the configuration, an owner, a command.

export const MAX_KEEP_DAYS = 36_500;

export const isKeepDays = (days: unknown): days is number =>
  Number.isSafeInteger(days) && (days as number) >= 1 && (days as number) <= MAX_KEEP_DAYS;
