export const languageTag = 'de';

export const bold = 'Fett';
export const italic = 'Kursiv';
export const underline = 'Unterstrichen';
export const strikethrough = 'Durchgestrichen';
export const code = 'Code';
export const highlight = 'Hervorgehoben';
export const link = 'Link';
export const text = 'Text';
export const heading1 = 'Überschrift 1';
export const heading2 = 'Überschrift 2';
export const heading3 = 'Überschrift 3';
export const heading4 = 'Überschrift 4';
export const heading5 = 'Überschrift 5';
export const heading6 = 'Überschrift 6';
export const newLine = 'Neue Zeile im Absatz';
export const bulletList = 'Aufzählung';
export const numberedList = 'Nummerierte Liste';
export const taskList = 'Aufgabenliste';
export const deeper = 'Weiter einrücken';
export const higher = 'Weniger einrücken';
export const tick = 'Aufgabe abhaken';
export const quote = 'Zitat';
export const codeBlock = 'Codeblock';
export const callout = 'Hinweis';
export const section = 'Abschnitt';
export const picture = 'Bild';
export const emoji = 'Emoji';
export const flag = 'flagge';
export const table = 'Tabelle';
export const rule = 'Trennlinie';
export const undo = 'Rückgängig';
export const redo = 'Wiederholen';

export const moveUp = 'Nach oben';
export const moveDown = 'Nach unten';
export const duplicate = 'Verdoppeln';
export const remove = 'Löschen';

export const groups = {
  letters: 'Zeichen',
  paragraphs: 'Absätze',
  lists: 'Listen und Zitate',
  blocks: 'Blöcke',
  changes: 'Änderungen',
};
