// Where Yjs and lib0 run, as far as they ask: in a browser, with nothing set. Stands in the place of lib0/environment
// (lean-scripts.ts), which reads the arguments of Node and the address of the page.

export const isNode = false;
export const isBrowser = true;
export const getVariable = (): null => null;
