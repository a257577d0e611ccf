// Pictures in a text, and files on their way.

export const picture = 'Picture';
export const pictures = 'Pictures';
export const selected = (description: string) =>
  `Picture selected: ${description || 'not described'}. Tab leads to what can be done with it.`;
export const description = 'Description';
export const descriptionIs = (description: string) => `Description: ${description || 'none'}`;
export const whatItShows = 'What it shows';
export const whatItShowsLong = 'What it shows, for those who cannot see it';
export const caption = 'Caption';
export const lineUnder = 'A line under it (Arrow down)';
export const narrower = 'Narrower';
export const narrowerKeys = 'Narrower (Alt+Shift+←)';
export const wider = 'Wider';
export const widerKeys = 'Wider (Alt+Shift+→)';
export const asWideAsItIs = 'As wide as it is';
export const replace = 'Replace';
export const another = 'Another picture in its place';
export const remove = 'Remove';
export const done = 'Done';
export const notDescribed = 'The description is removed.';
export const isDescribed = 'The description is kept.';
export const wideAsText = 'As wide as the text.';
export const pixelsWide = (pixels: number) => `${pixels} pixels wide.`;
export const isAsWide = 'As wide as it is.';
export const isRemoved = 'The picture is removed. Undo brings it back.';

/** @param host, link  where it lies, and a way there, as they are shown */
export const liesElsewhere = <Shown>(host: Shown, link: Shown) => [
  'It lies on ',
  host,
  ', and pages here load nothing from elsewhere. ',
  link,
];
export const openIt = 'Open it';
export const unreachable = 'It lies where no page can load it from.';
export const notNow = 'It cannot be loaded now, and will be when the connection is back.';
export const notThere = 'It is not there, or belongs to a document that you may not see.';
export const failed = (status: number) => `The server answered with ${status}.`;
export const noAnswer = 'The server cannot be reached. Try again when the connection is back.';
export const fileNotThere = 'This file is not there, or you may not see the document that it belongs to.';

/** Why the server took a file not. @param code  by which it tells it to programs */
export const fileRefused = (_code: string, sentence: string): string => sentence;
export const onlyReading = 'You can only read this document now, so it was not added to its text. Ask its owner.';
export const dismiss = 'Dismiss';
export const notAdded = (name: string) => `${name} was not added.`;
export const isBeingAdded = (name: string) => `${name} is being added.`;
export const wasAdded = (name: string) => `${name} was added.`;
export const notPasted = (count: number) =>
  count === 1 ? 'One picture could not be pasted' : `${count} pictures could not be pasted`;
export const copyThem = (count: number) =>
  count === 1
    ? 'The text is here. Copy the picture by itself, or drop its file here.'
    : 'The text is here. Copy them one by one, or drop their files here.';
export const pasteNotHere = 'What you pasted is not here';
export const fileNotSaved = 'The file was not saved';

export const queued = 'Others are sent first. This one goes by itself.';
export const waits =
  'The server cannot be reached now. This is sent by itself when it can be; keep this page open until then.';
export const unreadable = 'The file cannot be read any more: it was moved, changed or deleted. Choose it again.';
export const tryAgain = 'Try again';
export const cancel = 'Cancel';
export const sent = 'Sent';
export const percentOf = (percent: number, size: string) => `${percent} % of ${size}`;
/** Of a card, after its name. */
export const states = {
  queued: 'about to be sent',
  sending: 'being sent',
  waiting: 'waiting to be sent',
  failed: 'not added',
};
