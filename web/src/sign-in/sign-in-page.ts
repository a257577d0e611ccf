// The page for when signing in did not work.

import { LightElement } from '@weft/element/ui/light-element';
import { html, type TemplateResult } from 'lit';
import { noticePage } from '../shell/notice.js';
import { signInAddress } from './sign-in.js';

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

class SignInProblem extends LightElement {
  override render(): TemplateResult {
    const parameters = new URLSearchParams(location.search);
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
}

customElements.define('weft-sign-in-problem', SignInProblem);
