// Sharing: who may read and write a document.

export const share = 'Share';
export const shareThis = <Shown>(title: Shown) => ['Share ', title];
export const quoted = (title: string) => `“${title}”`;
export const close = 'Close';
export const done = 'Done';
export const copied = 'Copied';
export const copy = 'Copy';
export const copyAddress = 'Copy address';
export const undo = 'Undo';
export const asBefore = 'It is as it was before.';
export const tryAgain = 'Try again';
export const onClipboard = 'It is on the clipboard.';
export const notCopied = 'It could not be copied.';
export const mayNotCopy = 'It could not be copied: the browser does not let this page.';
export const nothingChanged = (reason: string) => `${reason} Nothing was changed.`;

export const openServer = 'Whoever can reach this server can read and change this document.';
export const openServerMeans = 'It asks nobody who they are: send the address to those who should write with you.';
export const openServerChange =
  'To decide who may read and write, whoever runs the server sets up access: its documentation says how, under “Configuration”.';
export const youMay = {
  reader: 'You can read here.',
  commenter: 'You can comment here.',
  editor: 'You can edit here.',
};
export const onlyOwner = 'Only the owner of this document decides who may read and write it.';
export const addressOpens = 'The address opens it for those who may: others can ask the owner from there.';
export const notFetched = 'Who may do what could not be fetched.';
export const fetching = 'Fetching who may do what';

type Given = 'reader' | 'commenter' | 'editor';
const may = { reader: 'can read', commenter: 'can comment', editor: 'can edit' };

export const waitingToBeLetIn = 'Waiting to be let in';
export const guest = 'a guest';
export const signedIn = 'signed in';
export const asks = (who: string, when: string) => `${who} · asked ${when}`;
export const letIn = 'Let in…';
export const letPersonIn = (name: string) => `Let ${name} in`;
export const wasLetIn = (name: string, role: Given) => `${name} was let in: ${may[role]}.`;
export const decline = 'Decline';
export const declinePerson = (name: string) => `Decline ${name}`;
export const notLetIn = (name: string) => `${name} was not let in.`;

export const people = 'People';
export const addByEmail = 'Add somebody by email';
export const email = 'Email';
export const whatTheyMay = 'What they may do';
export const add = 'Add';
export const ownsIt = (email: string) => `${email} owns this document, and may do everything already.`;
export const fromNowOn = (name: string, role: Given) => `${name} ${may[role]} from now on.`;
export const everyone = 'Everyone who is signed in';
export const whatEveryoneMay = 'What everyone who is signed in may do';
export const everyoneMay = (role: Given) => `Everyone who is signed in ${may[role]}.`;
export const onlyNamed = 'Only those named here may open this document.';
export const noAccess = 'No access';
export const addedByEmail = 'added by email';
export const owner = 'Owner';
export const whatPersonMay = (name: string) => `What ${name} may do`;
export const remove = 'Remove';
export const removePerson = (name: string) => `Remove ${name}`;
export const removedStillMay = (name: string, role: Given) =>
  `${name} was removed, and like everyone who is signed in still ${may[role]}.`;
export const removedLinksOpen = (name: string) =>
  `${name} was removed. Whoever has a link can still open this document.`;
export const removed = (name: string) => `${name} was removed and cannot open this document any more.`;
export const withoutName = 'Somebody without a name';

export const links = 'Links';
export const linksOpen = 'Whoever has such a link may open this document, also without signing in.';
export const linkIsMade = 'The link is made. Copy it now: it is shown only this once.';
export const forWhom = 'For whom (only you see it)';
export const forWhomLink = 'For whom the link is';
export const whatLinkLets = 'What the link lets one do';
export const howLong = 'How long the link works';
export const lasts = { never: 'No end', day: '1 day', week: '1 week', month: '1 month' };
export const makeLink = 'Make a link';
export const link = 'Link';
export const made = (role: string, when: string) => `${role} · made ${when}`;
export const hasEnded = 'has ended';
export const until = (end: string) => `until ${end}`;
export const copyLink = (label: string) => `Copy the link ${label}`;
export const revoke = 'Revoke';
export const revokeLink = (label: string) => `Revoke the link ${label}`;
export const revoked = (name: string) => `${name}: this link opens nothing any more.`;
