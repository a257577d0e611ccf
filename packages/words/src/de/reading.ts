export const outline = 'Gliederung';
export const wordCount = (words: number, selected = 0) =>
  `${selected > 0 ? `${selected.toLocaleString('de')} von ` : ''}${words.toLocaleString('de')} ${words === 1 ? 'Wort' : selected > 0 ? 'Wörtern' : 'Wörter'}`;
