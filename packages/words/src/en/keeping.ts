// How much of a document's past is kept, and taking it away for good.

const number = new Intl.NumberFormat('en');
const amount = (count: number, one: string): string => `${number.format(count)} ${one}${count === 1 ? '' : 's'}`;

/** What goes, or has gone. */
export interface Past {
  /** Changes, as the log counts them. */
  readonly entries: number;
  readonly versions: number;
  /** What those versions are called that have names. */
  readonly named: readonly string[];
}

const NAMES_SHOWN = 3;

export const keepingThePast = 'Keeping the past…';
export const theDialog = 'The dialog for keeping the past';
/** @param title  as it is shown */
export const pastOf = <Shown>(title: Shown) => ['The past of ', title];
export const quoted = (title: string) => `“${title}”`;
export const close = 'Close';
export const done = 'Done';
export const notFetched = 'How far the past goes back could not be fetched.';
export const nothingChanged = 'Nothing was changed.';
export const notKnown = 'It is not known whether this was done: look again in a while.';
export const tryAgain = 'Try again';
export const fetching = 'Fetching how far the past goes back';

export const howFar = 'How far it goes back';
export const nothingWritten = 'Nothing was written here yet.';
/** @param since  a moment as it is shown */
export const nothingSince = <Shown>(since: Shown) => [
  'Nothing is kept of what was here before ',
  since,
  ', and nothing was written since.',
];
export const changesSince = <Shown>(entries: number, since: Shown) => [
  `${amount(entries, 'change')} since `,
  since,
  '.',
];
export const statesKept = 'Earlier states are kept';
export const forGood = 'for good';
export const asServerSays = (days: number) => `${inDays(days)}, as this server says`;
export const inDays = (days: number): string => {
  if (days % 365 === 0) return days === 365 ? 'a year' : `${days / 365} years`;
  return amount(days, 'day');
};
export const changing = 'Changing how long it is kept…';
export const removedDaily = (days: number) => `What is older than ${inDays(days)} is removed once a day from now on.`;
export const nothingRemoved = 'Nothing is removed by itself any more.';
export const removedByServer = (days: number) =>
  `What is older than ${inDays(days)} is removed once a day, as this server says.`;
export const versionsKept = 'Versions without a name are kept';
export const fewer = 'fewer with age';
export const allOfThem = 'all';
export const momentsStay = 'Each moment that is kept can be seen without a version, too.';
export const allStay = 'All versions stay from now on, as long as the past does.';
export const fewerStay = 'Of older versions that have no name fewer are kept from now on.';
export const keepOnly = (title: string, days: number) => `Keep the past of “${title}” for ${inDays(days)}?`;
export const keepOnlyMeans = (past: Past) =>
  `Within a day ${goes(past)}. It cannot be undone. What gets older from then on goes the same way.`;
export const keepDays = (days: number) => `Keep ${inDays(days)}`;

export const removeBefore = 'Remove the past before a moment';
export const removeMeans =
  'The text of today stays, and who wrote it. What was deleted before, who wrote when, and the versions until then are gone. Pictures and other files stay. People who write here notice nothing.';
export const before = 'Before';
export const remove = 'Remove…';
export const looking = 'Looking at what would go…';
export const nothingOlder = (moment: string) => `There is nothing older than ${moment}: nothing was removed.`;
export const removeThis = (title: string, moment: string) => `Remove the past of “${title}” before ${moment}?`;
export const removeThisMeans = (past: Past) => `Then ${goes(past)}. The text of today stays. It cannot be undone.`;
export const removeIt = 'Remove it';
export const removing = 'Removing…';
export const gone = (past: Past) => `Gone: ${inWords(past)}.`;

const filesStay = 'Pictures and other files stay as long as the document does, deleted ones, too.';

export const eraseDeleted = 'Erase what was deleted';
export const eraseMeans =
  'For a password that was pasted and deleted again. All of the past goes, and every device lets go of what it kept: nobody can undo their way back to it. What still stands in the text, delete there first. ' +
  filesStay;
export const erase = 'Erase what was deleted…';
export const eraseThis = (title: string) => `Erase what was deleted in “${title}” for good?`;
/** @param backup  when the newest backup that holds it was made; null: none does */
export const eraseThisMeans = (past: Past, hasReplacedFiles: boolean, backup: string | null) =>
  [
    `With it ${goes(past)}.`,
    'The text of today stays, and who wrote it.',
    filesStay,
    'Whoever has it open is sent out for a moment and comes back; what they had not saved is kept for them as a draft.',
    hasReplacedFiles ? 'What was kept of it on the server before something took its place goes, too.' : '',
    backup === null ? '' : `Backups hold it until they are made anew, the newest one from ${backup}.`,
    'It cannot be undone.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
export const nothingToErase = 'All text that was deleted is erased already: nothing was changed.';
export const eraseIt = 'Erase it';
export const erasing = 'Erasing…';
export const erased = (past: Past) => `Text that was deleted is erased for good, and with it ${inWords(past)}.`;

function inWords({ entries, versions }: Past): string {
  const changes = amount(entries, 'change');
  return versions === 0 ? changes : `${changes} and ${amount(versions, 'version')}`;
}

/** "1,834 changes and 41 versions go, among them “Sent to Cleo” and 2 more with names" */
function goes(past: Past): string {
  const { entries, named, versions } = past;
  const verb = entries === 1 && versions === 0 ? 'goes' : 'go';
  if (named.length === 0) return `${inWords(past)} ${verb}`;
  const shown = named.slice(0, NAMES_SHOWN).map((name) => `“${name}”`);
  const more = named.length - shown.length;
  return `${inWords(past)} ${verb}, among them ${[...shown, ...(more > 0 ? [`${more} more with names`] : [])].join(', ')}`;
}
