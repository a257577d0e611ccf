// What a text has: headings, words.

export const outline = 'Outline';
export const wordCount = (words: number, selected = 0) =>
  `${selected > 0 ? `${selected.toLocaleString('en')} of ` : ''}${words.toLocaleString('en')} ${words === 1 ? 'word' : 'words'}`;
