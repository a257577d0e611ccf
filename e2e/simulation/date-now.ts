// Libraries keep the Date.now they find when they are loaded (lib0/time). What they keep has to ask who is in charge of the
// time, so this module is to be imported before anything else.

const realNow = Date.now;
let virtualNow: (() => number) | null = null;

Date.now = () => (virtualNow ?? realNow)();

/** @param now what Date.now answers from here on; null: the real time */
export function replaceNow(now: (() => number) | null): void {
  virtualNow = now;
}
