// Sizes of files.

export const bytes = (count: number) => `${count} bytes`;
export const kilobytes = (count: number) => `${count} kB`;
/** @param count  with one digit behind the point */
export const megabytes = (count: number) => `${count.toFixed(1)} MB`;
