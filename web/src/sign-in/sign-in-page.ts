// The page for when signing in did not work.

import { LightElement } from '@weft/element/ui/light-element';
import { noticePage } from '@weft/element/ui/notice';
import * as loading from '@weft/words/loading';
import * as words from '@weft/words/sign-in';
import { html, type TemplateResult } from 'lit';
import { signInAddress } from './sign-in.js';

class SignInProblem extends LightElement {
  override render(): TemplateResult {
    const parameters = new URLSearchParams(location.search);
    const problem = parameters.get('problem') ?? '';
    const to = parameters.get('to') ?? '/';
    document.title = 'Weft';
    return noticePage({
      title: words.titles[problem] ?? words.notSignedIn,
      text: `${words.problems[problem] ?? words.wentWrong} ${loading.noDocument}`,
      actions:
        problem === 'other-person' || problem === 'ticket-used'
          ? html``
          : html`<a class="button primary" href=${signInAddress('/auth/sign-in', false, to)}>${loading.tryAgain}</a>`,
    });
  }
}

customElements.define('weft-sign-in-problem', SignInProblem);
