// What a page showed and when: every pair of save state and text that stood on the screen between two turns of the
// page's event loop. It is how a story can tell afterwards whether the page ever said something untrue.

import type { Writer } from './writer.js';

export interface Shown {
  readonly atMs: number;
  /** `data-save-state` */
  readonly state: string;
  /** What is said under the title. */
  readonly sentence: string;
  readonly blocks: readonly string[];
}

/** Starts to watch. @returns what was shown so far */
export async function watch({ page }: Writer): Promise<() => Promise<Shown[]>> {
  const shown = await page.evaluateHandle(() => {
    const all: Shown[] = [];
    const read = (): void => {
      const line = document.querySelector<HTMLElement>('[data-save-state]');
      const blocks = [...document.querySelectorAll('.ProseMirror > *')].map((block) => {
        const copy = block.cloneNode(true) as Element;
        for (const caret of copy.querySelectorAll('.weft-caret')) caret.remove();
        return copy.textContent ?? '';
      });
      const now = { state: line?.dataset.saveState ?? '', sentence: line?.textContent?.trim() ?? '', blocks };
      const { atMs: _, ...before } = all.at(-1) ?? { atMs: 0 };
      if (JSON.stringify(now) !== JSON.stringify(before)) all.push({ atMs: Date.now(), ...now });
    };
    // A turn draws the text first and the save state after it, in microtasks: only between turns can both be seen.
    const turn = new MessageChannel();
    turn.port1.onmessage = read;
    const nextTurn = (): void => turn.port2.postMessage(null);
    const everything = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(nextTurn).observe(document.body, everything);
    read();
    return all;
  });
  return () => shown.jsonValue();
}
