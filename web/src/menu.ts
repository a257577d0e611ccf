// What our menus have in common (WAI-ARIA menu button): an item has the focus from the moment the menu is shown, and the
// arrows go from one to the next.

import { placeUnderInvoker } from './popover.js';

const itemsOf = (menu: Element): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];

/**
 * For `beforetoggle`: places the menu, and says which item the browser gives the focus to as it shows it: the one that is
 * checked, else the first. `toggle` would be too late: it comes a turn later, and a key pressed by then goes to the button.
 */
export function openMenu(widthPx: number, align: 'start' | 'end') {
  const place = placeUnderInvoker(widthPx, align);
  return (event: Event): void => {
    place(event);
    const items = itemsOf(event.currentTarget as Element);
    const first = items.find((item) => item.getAttribute('aria-checked') === 'true') ?? items[0];
    for (const item of items) item.autofocus = item === first;
  };
}

/** For `keydown`. */
export function moveInMenu(event: KeyboardEvent): void {
  const items = itemsOf(event.currentTarget as Element);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const last = items.length - 1;
  const to = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to]?.focus();
}
