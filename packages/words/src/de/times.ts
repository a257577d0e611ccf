export const locale = 'de-DE';
export const justNow = 'gerade eben';
export const yesterday = 'gestern';
export const minutesAgo = (count: number) => ago(count, 'Minute');
export const hoursAgo = (count: number) => ago(count, 'Stunde');
export const endsToday = (time: string) => `heute um ${time}`;
export const endsTomorrow = (time: string) => `morgen um ${time}`;

const ago = (count: number, unit: string): string => `vor ${count} ${unit}${count === 1 ? '' : 'n'}`;
