// What a text has: headings, words.

export const outline = 'Outline';
export const wordCount = (words: number) => `${words.toLocaleString('en')} ${words === 1 ? 'word' : 'words'}`;
