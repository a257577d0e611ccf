// What our menus have in common (WAI-ARIA menu button): an item has the focus from the moment the menu is shown. The keys among the
// items are in arrow-keys.ts.

import { itemsOf } from './arrow-keys.js';
import { placeUnderInvoker } from './popover.js';

/**
 * For `beforetoggle`: places the menu, and says which item the browser gives the focus to as it shows it: the one that is
 * checked where they are to choose from, else the first. `toggle` would be too late: it comes a turn later, and a key pressed by then goes to the button.
 */
export function openMenu(widthPx: number, align: 'start' | 'end') {
  const place = placeUnderInvoker(widthPx, align);
  return (event: Event): void => {
    place(event);
    const items = itemsOf(event.currentTarget as Element);
    const isChoice = items[0]?.hasAttribute('aria-checked');
    const first = (isChoice && items.find((item) => item.getAttribute('aria-checked') === 'true')) || items[0];
    for (const item of items) item.autofocus = item === first;
  };
}
