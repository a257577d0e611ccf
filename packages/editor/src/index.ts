export type { CaretPresence } from './carets.js';
export type { BlockName, MarkName } from './commands.js';
export { createEditor, type Editor, type EditorCommands, type EditorOptions } from './editor.js';
export type { ListName } from './lists.js';
export { type OutlineEntry, positionOfEntry } from './outline.js';
export { initials, labelColor, safeColor, safeName } from './person.js';
export { plainText } from './plain-text.js';
export { type Reading, readDocument } from './reading.js';
export type { EditorStatus } from './status.js';
