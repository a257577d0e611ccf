// In the place of a document that one may not open, or that there is not.

export const noDocumentYet = 'There is no document here yet';
/** @param name  as it is shown */
export const nobodyHasBegun = <Shown>(name: Shown) => [
  'Nobody has begun “',
  name,
  '”. If you were sent this address, check that it is all of it.',
];
export const beginIt = 'Begin it';
export const notBegun = (reason: string) => `It could not be begun. ${reason}`;

export const signedOut = 'You are signed out';
export const noLonger = 'You can no longer open this document';
export const cannotOpen = 'You cannot open this document';
export const signInEnded = 'Your sign-in has ended. What you had saved is on the server: sign in to open it again.';
export const wasChanged = 'What you may do here was changed. What you had saved is on the server.';
export const inTrash = 'This document is in the trash';
export const trashMeans =
  'Nothing of it is lost: its owner can bring it back, with everything. What you had saved is in it.';
export const yoursToBringBack =
  'Nothing of it is lost: bring it back, and it is as it was, for everybody it was shared with.';
export const bringBack = 'Bring it back';
export const notBroughtBack = (reason: string) => `It could not be brought back. ${reason}`;
export const eitherOr = 'Either you may not, or there is none at this address.';
export const ifShared =
  'If it was shared with you, sign in. A link that was sent to you may have ended, or been cut short on its way.';
/** @param person  as it is shown */
export const signedInAs = <Shown>(person: Shown) => [' You are signed in as ', person, '.'];
export const withoutName = 'somebody without a name';
export const copyFirst = 'What was not saved yet is kept here only: copy it before you leave.';
export const asked = 'Asked';
export const askToBeLetIn = 'Ask to be let in';
export const otherAccount = 'Use another account';
export const signIn = 'Sign in';
export const wasAsked =
  'Your question was sent. If there is a document here, its owner sees it. It opens here once they let you in.';
export const notAsked = (reason: string) => `Your question could not be sent. ${reason}`;
