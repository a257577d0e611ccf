export const bytes = (count: number) => `${count} Byte`;
export const kilobytes = (count: number) => `${count} kB`;
export const megabytes = (count: number) => `${count.toFixed(1).replace('.', ',')} MB`;
