// History for programs that measure it without a server: `@weft/server/history`.

export { Turns } from '../turns.js';
export { Comparisons } from './compare-moments.js';
export { HistoryWorkers } from './history-workers.js';
export { Moments } from './moments.js';
export { rebuild } from './rebuild.js';
