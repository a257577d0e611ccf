// Places a native popover under the control that opens it, inside the window. The browser does the rest: light dismiss,
// Escape, giving the focus back.

import { isMirrored, rootOf } from './root.js';

const MARGIN_PX = 8;
const GAP_PX = 4;

/** @param widthPx  as the stylesheet has it: a popover has no size before it is shown */
export function placePopover(popover: HTMLElement, anchor: DOMRect, widthPx: number, align: 'start' | 'end'): void {
  const wanted = (align === 'start') === isMirrored(popover) ? anchor.right - widthPx : anchor.left;
  const furthest = document.documentElement.clientWidth - Math.min(widthPx, innerWidth - 2 * MARGIN_PX) - MARGIN_PX;
  popover.style.left = `${Math.max(MARGIN_PX, Math.min(wanted, furthest))}px`;
  popover.style.top = `${anchor.bottom + GAP_PX}px`;
}

/** For `beforetoggle`: places the popover below the row of the control that has it as its `popovertarget`. */
export function placeUnderInvoker(widthPx: number, align: 'start' | 'end') {
  return (event: Event): void => {
    const popover = event.currentTarget as HTMLElement;
    const invoker = rootOf(popover).querySelector(`[popovertarget="${popover.id}"]`);
    if ((event as ToggleEvent).newState === 'open' && invoker) {
      const { left, width, bottom } = invoker.getBoundingClientRect();
      const row = invoker.closest('header, [role="toolbar"]')?.getBoundingClientRect();
      placePopover(popover, new DOMRect(left, row?.bottom ?? bottom, width, 0), widthPx, align);
    }
  };
}
