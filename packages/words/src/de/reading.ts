export const outline = 'Gliederung';
export const wordCount = (words: number) => `${words.toLocaleString('de')} ${words === 1 ? 'Wort' : 'Wörter'}`;
