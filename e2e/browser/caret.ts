// Whether somebody sees where they write.

import { expect, type Locator } from '@playwright/test';

/** Waits until nothing lies over the line with the caret, and it is within the window. Paragraphs are no longer than a line there. */
export const expectCaretSeen = (text: Locator, line: RegExp): Promise<void> =>
  expect.poll(() => text.evaluate(readCaret), 'the line with the caret, as far as it is seen').toMatch(line);

/** Runs in the page. @returns the text of the line, or what is seen in its place */
function readCaret(editable: Element): string {
  // A page, or a shadow root, which in Chromium has a selection of its own.
  const root = editable.getRootNode() as Document;
  const { anchorNode } = root.getSelection()!;
  const line = anchorNode instanceof Element ? anchorNode : anchorNode!.parentElement!;
  const words = document.createRange();
  words.selectNodeContents(line);
  const { left, top, bottom } = words.getBoundingClientRect();
  for (const y of [top + 3, bottom - 3]) {
    const hit = root.elementFromPoint(left + 3, y);
    if (hit !== line) return `at ${Math.round(y)} px: ${hit?.localName}.${hit?.className}`;
  }
  return line.textContent ?? '';
}
