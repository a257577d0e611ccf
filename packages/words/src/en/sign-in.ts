// The page for when signing in did not work.

export const notSignedIn = 'You are not signed in';
export const hasEnded = 'Your sign-in has ended.';
export const wentWrong = 'Something went wrong on the way.';

/** By what the server calls the problem. */
export const titles: Readonly<Record<string, string>> = {
  'other-person': 'Somebody else is signed in',
  'ticket-used': 'This address works no more',
};

/** Why the server sent the browser back without having signed anybody in. */
export const problems: Readonly<Record<string, string>> = {
  expired: 'It took too long, or was begun in another browser.',
  unreachable: 'The service that signs people in cannot be reached now.',
  declined: 'The service that signs people in did not let you through.',
  'not-trusted':
    'The service that signs people in gave an answer that cannot be trusted. Whoever runs this server was told.',
  'other-person':
    'You came for another account than the one that is in use here, which stays signed in. To change, go to all documents, sign out at the top right, and follow the address again from where you found it.',
  'ticket-used':
    'The address you came by works once, and for half a minute. Go back to where you found it, and follow it again.',
};
