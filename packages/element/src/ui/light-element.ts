// Our elements render into the page itself, not into shadow roots: one stylesheet describes everything, and the text one
// edits stays where browsers, spell checkers and screen readers expect it.

import { LitElement } from 'lit';

export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    return this;
  }
}
