// The toolbar, menus and lists for writing.

export const formatting = 'Formatting';
export const kindOfText = 'Kind of text';
export const kindOfTextIs = 'Kind of text:';
export const block = 'Block';
export const findAndReplace = 'Find and replace';

export const language = 'Language';
export const languageIs = (name: string) => `Language: ${name}`;
export const noLanguage = 'No language';
export const languageOfCode = 'Language of this code';
export const movedUp = 'Moved up';
export const movedDown = 'Moved down';
export const duplicated = 'Duplicated';
export const deleted = 'Deleted. Undo brings it back.';
export const turnInto = 'Turn into';
export const rowsAndColumns = 'Rows and columns';
export const switched = (name: string, isOn: boolean) => `${name}: ${isOn ? 'on' : 'off'}`;
export const rowAbove = 'Row above';
export const rowBelow = 'Row below';
export const columnBefore = 'Column before';
export const columnAfter = 'Column after';
export const headerRow = 'Header row';
export const headerColumn = 'Header column';
export const mergeCells = 'Merge cells';
export const splitCell = 'Split cell';
export const alignment = 'Alignment';
export const alignStart = 'Align at the start';
export const alignCenter = 'Align in the middle';
export const alignRight = 'Align right';
export const columnWider = 'Wider column';
export const columnNarrower = 'Narrower column';
export const columnsEven = 'Columns of equal width';
export const columnsByText = 'Columns as wide as their text';
export const deleteRow = 'Delete row';
export const deleteColumn = 'Delete column';
export const deleteTable = 'Delete table';

export const dragOrPress = 'Drag to move, press for more';
export const insert = 'Insert';
export const kindsFound = (count: number) => `${count} kinds of blocks. Go through them with the arrow keys.`;
export const emojiFound = (count: number) => `${count} emoji. Go through them with the arrow keys, or type a name.`;
export const selectedText = 'Selected text';
export const readerOfMarkdown = 'The Markdown reader';
export const staysText = 'What was pasted stays as text.';

/** What else somebody may call a kind of block, in any order. */
export const alsoCalled = {
  paragraph: 'paragraph plain normal',
  heading1: 'h1 title big',
  heading2: 'h2 subtitle',
  heading3: 'h3',
  bullet: 'ul unordered points',
  ordered: 'ol ordered 1 steps',
  task: 'todo to-do checklist check box',
  quote: 'blockquote citation',
  code: 'pre source program',
  callout: 'note info box hint tip warning',
  section: 'details fold toggle collapse summary',
  picture: 'image photo photograph upload',
  emoji: 'smiley face sign symbol',
  table: 'grid rows columns cells',
  rule: 'hr line divider separator',
};

export const shortcuts = 'Keyboard shortcuts';
export const close = 'Close';
export const menuOfBlock = 'Menu of a block';
export const controlsOfSelection = 'Controls of what is selected';
export const menuOfNewBlocks = 'Menu of new blocks, in an empty line';
export const emojiByName = 'Emoji, by the name that follows';
export const focusMode = 'Focus mode: the sheet alone';
export const thisList = 'This list';
export const page = 'Page';
export const or = 'or';

export const address = 'Address';
export const typeAddress = 'Paste or type an address';
export const change = 'Change';
export const add = 'Add';
export const noSuchAddress = 'This address cannot be linked to. Web and mail addresses can.';
export const removeLink = 'Remove link';
export const open = 'Open';
