// When something was, or ends.

export const locale = 'en-GB';
export const justNow = 'just now';
export const yesterday = 'yesterday';
export const minutesAgo = (count: number) => ago(count, 'minute');
export const hoursAgo = (count: number) => ago(count, 'hour');
export const endsToday = (time: string) => `${time} today`;
export const endsTomorrow = (time: string) => `${time} tomorrow`;

const ago = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'} ago`;
