// The log for programs that take a store apart without a server: `@weft/server/log`.

export type { Checkpoint, DocumentInfo, DocumentLog, Entry, OpenChannel } from './document-log.js';
export { openLevelLog } from './level/level-log.js';
export { openLevelStore } from './level/level-store.js';
export { watermarkFile } from './level/watermark.js';
