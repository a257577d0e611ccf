// Signing in happens elsewhere: the address to go to, and the page for when it did not work.

import { html, type TemplateResult } from 'lit';
import { noticePage } from './notice.js';

/** Where signing in leads back to this page. @param asksAgain  one is to choose who one is, even if that is known */
export function signInAddress(signInUrl: string, asksAgain: boolean, to: string = here()): string {
  return `${signInUrl}?to=${encodeURIComponent(to)}${asksAgain ? '&again=1' : ''}`;
}

const here = (): string => location.pathname + location.search;

/** Why the server sent the browser back without having signed anybody in. */
const problems: Readonly<Record<string, string>> = {
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

const titles: Readonly<Record<string, string>> = {
  'other-person': 'Somebody else is signed in',
  'ticket-used': 'This address works no more',
};

export function signInProblemPage(search: string): TemplateResult {
  const parameters = new URLSearchParams(search);
  const problem = parameters.get('problem') ?? '';
  const to = parameters.get('to') ?? '/';
  document.title = 'Weft';
  return noticePage({
    title: titles[problem] ?? 'You are not signed in',
    text: `${problems[problem] ?? 'Something went wrong on the way.'} No document is affected.`,
    actions:
      problem === 'other-person' || problem === 'ticket-used'
        ? html``
        : html`<a class="button primary" href=${signInAddress('/auth/sign-in', false, to)}>Try again</a>`,
  });
}
