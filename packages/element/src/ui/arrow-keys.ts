// Where the arrow keys lead among controls that are one stop of the Tab key (WAI-ARIA): through a row or a menu and around its ends, with
// Home and End to these; in a menu letters lead to the item that begins with them.

import { focusedIn, isMirrored } from './root.js';

/** Letters that come within such a time are one word. */
const WORD_MS = 700;

export type Way = 'row' | 'column';

/** Controls by their number from 0, in a row that may go from right to left; `at` is the one with the focus, -1 when none has it. Null for other keys. */
export function arrowTarget(key: string, at: number, count: number, way: Way, isRightToLeft = false): number | null {
  const ways = way === 'column' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  if (isRightToLeft) ways.reverse();
  if (count === 0) return null;
  if (key === ways[1]) return (at + 1) % count;
  if (key === ways[0]) return at <= 0 ? count - 1 : at - 1;
  return key === 'Home' ? 0 : key === 'End' ? count - 1 : null;
}

/** The item that is meant by what was typed: the next one for one letter, again and again; for a word the one it is on may be it. */
export function typedTarget(typed: string, at: number, names: readonly string[]): number | null {
  const isOneLetter = [...typed].every((letter) => letter === typed[0]);
  const wanted = isOneLetter ? typed.slice(0, 1) : typed;
  const from = isOneLetter ? at + 1 : Math.max(at, 0);
  for (let step = 0; step < names.length; step++) {
    const index = (from + step) % names.length;
    if (names[index]!.toLowerCase().startsWith(wanted)) return index;
  }
  return null;
}

const indexOfFocused = (controls: readonly HTMLElement[]): number =>
  controls[0] ? controls.indexOf(focusedIn(controls[0]) as HTMLElement) : -1;

const go = (event: KeyboardEvent, to: HTMLElement | undefined): void => {
  event.preventDefault();
  to?.focus();
};

/** For `keydown` of a toolbar one of whose controls has the focus. */
export function moveInRow(event: KeyboardEvent, controls: readonly HTMLElement[]): void {
  const at = indexOfFocused(controls);
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = arrowTarget(event.key, at, controls.length, 'row', isMirrored(event.currentTarget as Element));
  if (to !== null) go(event, controls[to]);
}

export const itemsOf = (menu: Element): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];

let word = { letters: '', atMs: Number.NEGATIVE_INFINITY };

/** For `keydown` of a menu. */
export function moveInMenu(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const items = itemsOf(event.currentTarget as Element);
  const at = indexOfFocused(items);
  const to = arrowTarget(event.key, at, items.length, 'column');
  if (to !== null) return go(event, items[to]);
  const begun = event.timeStamp - word.atMs < WORD_MS ? word.letters : '';
  // A space by itself presses the item.
  if ([...event.key].length !== 1 || (event.key === ' ' && begun === '')) return;
  word = { letters: begun + event.key.toLowerCase(), atMs: event.timeStamp };
  const meant = typedTarget(
    word.letters,
    at,
    items.map(({ textContent }) => textContent.trim()),
  );
  go(event, meant === null ? undefined : items[meant]);
}
