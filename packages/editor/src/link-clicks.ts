// Links in editable text do not open on a click, they are edited; with Ctrl or ⌘, or where one can only read, they open in
// a new tab. An address pasted over selected text links that text.

import { safeLinkHref } from '@weft/model';
import { Plugin } from 'prosemirror-state';
import { linkAt, setLink } from './commands.js';

/** @param follow  takes care of an address that is gone to; false leaves it to the browser */
export function linkClicks(askForLink: () => void, follow: (href: string) => boolean = () => false): Plugin {
  return new Plugin({
    props: {
      handleClick: (view, position, event) => {
        const clicked = event.target instanceof Element && event.target.closest('a[href]');
        const link = clicked ? linkAt(view.state, view.state.doc.resolve(position)) : null;
        if (!link || event.button !== 0) return false;
        const target = safeLinkHref(link.href);
        if (event.ctrlKey || event.metaKey || !view.editable) {
          if (target !== null && !follow(target)) window.open(target, '_blank', 'noopener,noreferrer');
          event.preventDefault();
          return true;
        }
        // After the caret has moved into the link.
        queueMicrotask(askForLink);
        return false;
      },
      handlePaste: (view, event) => {
        const text = event.clipboardData?.getData('text/plain').trim() ?? '';
        if (view.state.selection.empty || !/^https?:\/\/\S+$/i.test(text)) return false;
        return setLink(text)(view.state, view.dispatch);
      },
    },
  });
}
