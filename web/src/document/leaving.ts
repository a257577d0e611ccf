// A page that has something under way which is no text asks before it is left, whichever way: by closing its tab, by a link, or back.

import { askFirst } from '@weft/element/ui/ask-first';
import * as words from '@weft/words/document';
import { goTo } from '../shell/navigation.js';

/** @param count  how many files would not be added @param signal  ends it */
export function askBeforeLeaving(count: () => number, signal: AbortSignal): void {
  const here = location.href;
  let mayGo = false;
  const ask = async (path: string): Promise<void> => {
    const files = count();
    mayGo = await askFirst({
      title: words.stillOnTheirWay(files),
      text: words.notAdded,
      yes: words.leave,
    });
    if (mayGo) goTo(path);
  };
  const isHeldUp = (): boolean => count() > 0 && !mayGo;
  addEventListener('beforeunload', (event) => isHeldUp() && event.preventDefault(), { signal });
  // Before the app hears of it.
  const options = { signal, capture: true };
  addEventListener(
    'click',
    (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
      const leads = link && !link.target && !link.closest('.ProseMirror') && !link.hasAttribute('download');
      if (!leads || !isPlain || link.origin !== location.origin || !isHeldUp()) return;
      event.preventDefault();
      void ask(link.pathname + link.search);
    },
    options,
  );
  addEventListener(
    'popstate',
    (event) => {
      if (!isHeldUp()) return;
      event.stopImmediatePropagation();
      const wanted = location.pathname + location.search;
      // The page stays, and so does its address.
      history.pushState(null, '', here);
      void ask(wanted);
    },
    options,
  );
}
