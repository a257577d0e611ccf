// What Yjs says to developers, in plain words. Stands in the place of lib0/logging (vite.config.ts), whose colours and tables for
// consoles every page would load.

const withoutColors = (words: readonly unknown[]): unknown[] => words.filter((word) => typeof word !== 'symbol');

export const print = (...words: unknown[]): void => console.log(...withoutColors(words));
export const warn = (...words: unknown[]): void => console.warn(...withoutColors(words));
export const [ORANGE, RED, BOLD, UNBOLD] = [Symbol('orange'), Symbol('red'), Symbol('bold'), Symbol('not bold')];
