// History for programs that measure it without a server: `@weft/server/history`.

export { HistoryWorkers } from './history-workers.js';
export { rebuild } from './rebuild.js';
