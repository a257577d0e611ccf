// The past of a document: versions, what two moments differ in, bringing back.

const number = new Intl.NumberFormat('en');

export const history = 'History – Weft';
export const historyOf = (title: string) => `History of ${title} – Weft`;
export const untitled = 'Untitled';
export const allDocuments = 'All documents';
export const lookingAt = (moment: string, isPast: boolean) =>
  `Looking at ${moment}${isPast ? ' · the document goes on' : ''}`;
export const backToText = 'Back to the text';
export const copyMeans = 'A new document that begins with this text';
export const makeCopy = 'Make a copy';
export const bringBack = 'Bring it back';
export const versions = 'Versions';
export const nameThis = 'Name this moment…';
export const comparedWith = 'Compared with';
export const against = {
  before: 'the version before',
  now: 'what is there now',
  beginning: 'the beginning',
  visit: 'when you were here last',
};
export const showChanges = 'Show changes';
export const play = 'Play';
export const noOlder = (reason: string) => `Older versions could not be fetched. ${reason}`;
export const changesOf = (moment: string, count: number) =>
  `${moment}: ${count === 0 ? 'no changes' : changes(count)}.`;
export const noSuchVersion = 'There is no such version of this document.';

/** Within a sentence, as all moments are. */
export const whatIsNow = 'what is there now';
export const earlierVersion = 'an earlier version';
export const quoted = (name: string) => `“${name}”`;
export const today = 'today';
export const somebody = 'Somebody';
export const beforeRestore = 'Before something was brought back';
export const count = (letters: number) => number.format(letters);

const done = {
  inserted: 'Written',
  deleted: 'Deleted',
  moved: 'Moved',
  changed: 'Changed',
  restored: 'Brought back',
};
/** @param by, author  null where nobody knows; author: undefined where it says nothing new */
export const change = (kind: keyof typeof done, by: string | null, author: string | null | undefined, when: string) =>
  `${done[kind]}${by === null ? '' : ` by ${by}`}${author === undefined ? '' : `, written${author === null ? '' : ` by ${author}`}`}, ${when}`;
export const otherChanges = 'other changes';

export const fetchingVersions = 'Fetching the versions';
export const versionsCome =
  'Versions come by themselves when people pause or leave. You can name this moment at any time.';
export const unreadable = (versions: number) =>
  `${versions === 1 ? 'A version' : `${versions} versions`} cannot be read by this server. The text is not affected; whoever runs the server finds out more with weft verify.`;
export const showOlder = 'Show older versions';
export const now = 'Now';
export const afterNewest = 'What happened after the newest version';
export const allWritten = 'All that was written';
export const sinceHere = 'Since you were here';
export const othersDid = (moment: string) => `What others did after ${moment}`;
export const andMore = (people: number) => `and ${people} more`;
export const otherTime = 'Or at any time';
export const lookAtTime = 'Look at this time';

export const nothingDiffers = 'Nothing differs between these two moments.';
export const whoChanged = 'Who changed something';
export const changesLabel = 'Changes';
export const changes = (count: number) => `${count} change${count === 1 ? '' : 's'}`;
export const changeOf = (at: number, count: number) => `${at} of ${count} changes`;
export const stepOf = (at: number, count: number, what: string) => `${at} of ${count}. ${what}`;
export const previousChange = 'Previous change';
export const nextChange = 'Next change';
/** Titles as they are shown. */
export const titleGiven = <Shown>(title: Shown) => ['The title “', title, '” was given.'];
export const titleTaken = <Shown>(title: Shown) => ['The title “', title, '” was taken away.'];
export const titleChanged = <Shown>(before: Shown, after: Shown) => [
  'The title was “',
  before,
  '”, and is “',
  after,
  '”.',
];
export const comparing = 'Comparing';

export const undrawable = 'This page cannot draw what the document held then.';
export const notShown = 'This moment could not be shown';
export const notPlayed = 'The past could not be played';
export const notAffected = 'Your text is not affected.';
export const tryAgain = 'Try again';
export const noSuchDocument = 'There is no such document';
export const orMayNot = 'Or you may not open it. Check the link you were given, or sign in.';
export const forWriters = 'The past is for those who write here';
export const notLoaded = 'The past could not be loaded';
export const keptOnServer = (reason: string) => `${reason} It is kept on the server; your text is not affected.`;

export const notCopied = 'The copy could not be made.';
export const isCopy = 'This is a new document. It began as a copy.';
export const oneMoment = 'One moment…';
export const undo = 'Undo';
export const openDocument = 'Open the document';
export const closeMessage = 'Close this message';
export const cancel = 'Cancel';
export const bringBackThis = (moment: string) => `Bring back ${moment}?`;
/** @param title  as it is shown */
export const bringBackMeans = <Shown>(title: Shown) => [
  '“',
  title,
  '” becomes what it was then. Everybody stays in it, and what they write meanwhile stands. What is there now is kept as a version. You can undo this, and what is written from then on stays.',
];
export const why = 'Why, for those who look later (may be empty)';
export const nameThisMoment = (moment: string) => `Name ${moment}`;
export const nameMeans = 'A version with a name is found again, and is kept however old it gets.';
export const name = 'Name';
export const forExample = 'Sent to the printer';
export const nameIt = 'Name it';
export const broughtBack = (moment: string) => `Brought back: ${moment}. Everybody who has the document open sees it.`;
export const bringBackPart = (isSection: boolean) => `Bring back only this${isSection ? ' section' : ''}`;
/** In place of when it was, where that is not known; within a sentence. */
export const atThatTime = 'then';
export const theSection = 'the section';
export const whatStoodThere = 'what stood there';
const stays = 'Everybody stays in the document. You can undo this, and what is written from then on stays.';
export const partMeans = (when: string) =>
  `It becomes what it was ${when}, where it stood. Everything else stays as it is. ${stays}`;
export const sectionMeans = (when: string) =>
  `The heading and what stood under it become what they were ${when}, where it stood. Everything else stays as it is, also what was added to the section. ${stays}`;
export const broughtBackPart = (what: string, when: string) =>
  `Brought back: ${what} as it was ${when}. Everything else stayed as it is.`;
export const partAsThen = 'Nothing differs: this is what it was then.';
export const notNamed = 'The moment could not be named.';
export const isNamed = (name: string) => `The moment is named “${name}”.`;
export const undone = 'Undone: what came back is gone again. What was written since then stays.';
export const notBroughtBack = 'Nothing was brought back.';
export const nothingToUndo = 'Nothing is left to undo.';
export const sameAsThen = 'Nothing differs: the document is what it was then.';
export const notKnown = 'It is not known whether this was done.';

export const playback = 'Playback';
export const thePlayback = 'The playback';
export const nothingYet = 'Nothing was written yet';
export const playedLater = 'What people write here can be played back later.';
/** @param title  as it is shown */
export const theTitle = <Shown>(title: Shown) => ['The title: “', title, '”'];
export const pause = 'Pause';
export const playKey = 'Play (Space)';
export const pauseKey = 'Pause (Space)';
/** Said aloud. @param moment  what is seen then */
export const paused = (moment: string) => `Paused. ${moment}.`;
export const moment = 'Moment';
export const beginning = 'The beginning';
/** Within a sentence. */
export const emptyBeginning = 'the empty beginning';
export const howWritten = 'how this was written';
export const speed = 'Speed';
export const day = 'Day';
export const sinceMoment = 'What has changed since this moment';
export const compareWithNow = 'Compare with now';
export const fetchingPast = 'Fetching the past';
export const trimmed = 'Older parts of it were taken out for good while you looked. What is left can be played anew.';
export const broken = 'This page cannot play what is in the document’s log.';
