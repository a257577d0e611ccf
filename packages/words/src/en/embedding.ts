// What an editor in a page of somebody else's says besides. Such a page shows the server who is at it; nobody signs in there.

export const guest = 'Guest';

export const notLetIn = 'The server does not let this page in';
export const wrongOrEnded =
  'What the page shows for you is wrong, or has ended. Reload the page; if that does not help, tell whoever runs it.';
export const endedKept =
  'What the page shows for you has ended. What is not saved is kept on this page only: copy it, then reload the page.';

export const notKnown = 'This page could not find out who you are';
export const triesAgain = 'It tries again by itself.';
export const triesAgainKept =
  'It tries again by itself. What you write until then is kept on this page only: leave it open.';
