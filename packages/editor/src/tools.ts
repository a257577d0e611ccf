// What an editor gets once its text is shown: more ways to write than typing. An entry of its own, for whoever shows a text
// can do so without.

export {
  type BlockKind,
  deleteBlocks,
  duplicateBlocks,
  insertSection,
  insertTable,
  moveBlocks,
  selectedBlocks,
  setLanguage,
  turnInto,
} from './block-commands.js';
export { blockAtPoint, blockDrops, dragBlock, endDrag } from './block-drag.js';
export { type ColonTrigger, colonTrigger, takeColon } from './colon.js';
export { insertRule } from './commands.js';
export { markdownPaste, type ReadMarkdown } from './markdown-paste.js';
export { inOneStep } from './one-step.js';
export { placeCursors } from './place-cursors.js';
export { slashTrigger, takeSlash } from './slash.js';
export { tableCells } from './table-cells.js';
export {
  type ColumnChange,
  cellBefore,
  changeColumns,
  columnOf,
  type DrawnColumns,
  drawnColumns,
  setColumnWidths,
  widened,
} from './table-columns.js';
export {
  type Alignment,
  alignmentAt,
  changeTable,
  headersOf,
  isBounded,
  type TableAction,
  tableAround,
} from './table-commands.js';
export { isRightToLeft } from './text-direction.js';
export { blockShortcuts, selectBlock, toolKeys } from './tool-keys.js';
export { typedLinks } from './typed-links.js';
export type { Typed, TypedMenu } from './typed-menu.js';
export { wordLists } from './word-lists.js';
