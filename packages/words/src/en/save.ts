// The save state under the title: what happened, what it means for the text.

export const opening = 'Opening…';
export const nothingWritten = 'Nothing written yet';
export const saved = 'Saved';
export const savedAt = (time: string) => `Saved · ${time}`;
export const saving = 'Saving…';
export const everythingSaved = 'Everything is saved.';
export const refused = 'This change was refused · your text is kept';

export const canRead = 'You can read';
export const canComment = 'You can read and comment';
export const cannotWrite = 'You can read, but not write here';
/** Of somebody whose role lets them write. @param sentence  why, in English */
export const onlyReading = (sentence: string): string => sentence;

/** Where unsaved text is, as the end of a sentence. */
export const where = {
  device: 'on this device',
  tab: 'in this tab',
  onlyTab: 'in this tab only: this browser has no room left',
};
type Where = keyof typeof where;

export const offline = (changes: number, kept: Where) =>
  `Offline · ${changes === 0 ? 'what you write is' : `${changes.toLocaleString('en')} ${changes === 1 ? 'change' : 'changes'}`} kept ${where[kept]}`;
export const offlineSpoken = (kept: Where) => `Offline. Your changes are kept ${where[kept]}.`;

export const reasons = {
  busy: 'the server has too much to do',
  'cannot-open': 'the server cannot open this document',
  stuck: 'the server does not answer; the connection is being made anew',
  differs: 'this page and the server did not have the same text, and what either lacks is being sent',
  'disk-full': 'the server’s disk is full',
  'disk-failing': 'the server cannot write to its disk',
  'store-silent': 'the server’s database does not answer',
  'not-answering': 'the server is not answering',
};
export const notSaved = (reason: keyof typeof reasons, onDevice: boolean) =>
  `Not saved yet · ${reasons[reason]}. Your changes are ${keptThere(onDevice)}`;
export const cannotSave = (reason: keyof typeof reasons, onDevice: boolean) =>
  `Nothing can be saved now · ${reasons[reason]}. What you write is ${keptThere(onDevice)}`;
export const cannotOpen = 'The server cannot open this document. Whoever runs it was told; it is tried again.';
export const stillFetching = 'Still fetching the text · the server is not answering.';

const keptThere = (onDevice: boolean): string =>
  onDevice ? 'kept on this device.' : 'kept here: leave this tab open.';
