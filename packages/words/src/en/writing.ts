// What text can be, and what the keyboard does: names that controls, menus and the list of shortcuts share.

/** For what browsers know by language themselves. */
export const languageTag = 'en';

export const bold = 'Bold';
export const italic = 'Italic';
export const underline = 'Underline';
export const strikethrough = 'Strikethrough';
export const code = 'Code';
export const highlight = 'Highlight';
export const link = 'Link';
export const text = 'Text';
export const heading1 = 'Heading 1';
export const heading2 = 'Heading 2';
export const heading3 = 'Heading 3';
export const heading4 = 'Heading 4';
export const heading5 = 'Heading 5';
export const heading6 = 'Heading 6';
export const newLine = 'New line in a paragraph';
export const bulletList = 'Bullet list';
export const numberedList = 'Numbered list';
export const taskList = 'Task list';
export const deeper = 'Further in';
export const higher = 'Further out';
export const tick = 'Tick a task';
export const quote = 'Quote';
export const codeBlock = 'Code block';
export const callout = 'Callout';
export const section = 'Section';
export const picture = 'Picture';
export const emoji = 'Emoji';
/** What one types for one, in lower case. */
export const flag = 'flag';
export const table = 'Table';
export const rule = 'Horizontal rule';
export const undo = 'Undo';
export const redo = 'Redo';

export const moveUp = 'Move up';
export const moveDown = 'Move down';
export const duplicate = 'Duplicate';
export const remove = 'Delete';

export const groups = {
  letters: 'Letters',
  paragraphs: 'Paragraphs',
  lists: 'Lists and quotes',
  blocks: 'Blocks',
  changes: 'Changes',
};
