// A window of Chromium with one document open in one of the two editors, and what is asked of it: keys, traces, memory.

import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test';
import { stockScript } from './stock-bundle.js';
import { PageTrace, type TraceEvent } from './trace-events.js';

export type EditorName = 'weft' | 'y-prosemirror';

const READY_WITHIN_MS = 60_000;
/** So many idle moments in a row, each as long as a browser gives: fonts are there, and what follows an opening is done. */
const IDLE_MOMENTS = 10;
const IDLE_MS = 40;
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'];
/** Carets of others, and the breaks that ProseMirror puts where a line ends in nothing: they are not text. */
const NOT_TEXT =
  '.weft-caret, .ProseMirror-yjs-cursor, .ProseMirror-separator, .ProseMirror-trailingBreak, .ProseMirror-gapcursor';

export class TypingPage {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #devtools: CDPSession;
  readonly #errors: string[] = [];

  static async open(editor: EditorName, port: number, document: string): Promise<TypingPage> {
    const { chromiumArgs, findChromium } = await chromiumOfTests();
    const executablePath = findChromium();
    if (executablePath === null)
      throw new Error('There is no Chromium: apt-get install chromium, or npx playwright install.');
    const browser = await chromium.launch({
      executablePath,
      args: chromiumArgs,
      handleSIGINT: false,
      handleSIGTERM: false,
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const typing = new TypingPage(browser, page, await page.context().newCDPSession(page));
      if (editor === 'y-prosemirror') await putStockEditorInto(page);
      await page.addInitScript(() => {
        localStorage.setItem('weft.person', JSON.stringify({ name: 'Typist', color: '#2f6fde' }));
      });
      await page.goto(`http://127.0.0.1:${port}/d/${document}`);
      await page.locator('.ProseMirror > *').first().waitFor({ timeout: READY_WITHIN_MS });
      await page.evaluate(() => globalThis.document.fonts.ready.then(() => {}));
      await typing.#untilIdle();
      return typing;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private constructor(browser: Browser, page: Page, devtools: CDPSession) {
    this.#browser = browser;
    this.#page = page;
    this.#devtools = devtools;
    page.on('pageerror', ({ message }) => this.#errors.push(message));
  }

  /** Puts the caret at the end of a paragraph. @param share where in the document, from 0 to 1 */
  async goTo(share: number): Promise<void> {
    const block = await this.#page.evaluateHandle((share) => {
      const paragraphs = [...document.querySelectorAll('.ProseMirror > p')];
      const paragraph = paragraphs[Math.floor(share * (paragraphs.length - 1))]!;
      paragraph.scrollIntoView({ block: 'center' });
      return paragraph;
    }, share);
    // Beside its last line: the key goes to the end of a line.
    const { width, height } = (await block.boundingBox())!;
    await block.click({ position: { x: width - 2, y: height - 4 } });
    await this.#page.keyboard.press('End');
    await this.#page.waitForFunction((paragraph) => {
      const { focusNode, focusOffset } = getSelection()!;
      if (focusNode === null || !paragraph.contains(focusNode)) return false;
      const after = document.createRange();
      after.selectNodeContents(paragraph);
      after.setStart(focusNode, focusOffset);
      return after.toString() === '';
    }, block);
    await this.#untilIdle();
  }

  async #untilIdle(): Promise<void> {
    await this.#page.evaluate(
      ([moments, idleMs]) =>
        new Promise<void>((resolve) => {
          let left: number = moments;
          const look = (deadline: IdleDeadline): void => {
            left = deadline.timeRemaining() < idleMs ? moments : left - 1;
            if (left === 0) resolve();
            else requestIdleCallback(look);
          };
          requestIdleCallback(look);
        }),
      [IDLE_MOMENTS, IDLE_MS] as const,
    );
  }

  key(key: string): Promise<void> {
    return this.#page.keyboard.press(key);
  }

  /** @returns what the page did meanwhile */
  async trace(doing: () => Promise<void>): Promise<PageTrace> {
    await this.#browser.startTracing(this.#page, { categories: CATEGORIES });
    await doing();
    const { traceEvents } = JSON.parse((await this.#browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    return new PageTrace(traceEvents);
  }

  /** What script holds after a collection. */
  async heapBytes(): Promise<number> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#devtools.send('Runtime.getHeapUsage');
    return usedSize;
  }

  /** From here on tasks of more than 50 ms are remembered. */
  async beginWatchingTasks(): Promise<void> {
    await this.#page.evaluate(() => {
      const page = globalThis as { longestTaskMs?: number };
      page.longestTaskMs = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) page.longestTaskMs = Math.max(page.longestTaskMs!, duration);
      }).observe({ type: 'longtask' });
    });
  }

  /** Of those; 0 when there was none. */
  longestTaskMs(): Promise<number> {
    return this.#page.evaluate(() => (globalThis as { longestTaskMs?: number }).longestTaskMs ?? 0);
  }

  /** All letters of the document, as they are drawn. */
  text(): Promise<string> {
    return this.#page.evaluate((notText) => {
      const shown = document.querySelector('.ProseMirror')!.cloneNode(true) as Element;
      for (const other of shown.querySelectorAll(notText)) other.remove();
      return shown.textContent ?? '';
    }, NOT_TEXT);
  }

  /** @throws Error with what the page complained of */
  complain(): void {
    if (this.#errors.length > 0) throw new Error(`The page said: ${this.#errors.slice(0, 3).join(' ')}`);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** The page is our app's, from the server; only its script is another. */
async function putStockEditorInto(page: Page): Promise<void> {
  const body = await stockScript();
  await page.route('**/assets/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
}

interface ChromiumOfTests {
  readonly chromiumArgs: string[];
  findChromium(): string | null;
}

/** The browser of the browser tests; that file belongs to no package. */
function chromiumOfTests(): Promise<ChromiumOfTests> {
  return import(new URL('../../../e2e/chromium.mjs', import.meta.url).href) as Promise<ChromiumOfTests>;
}
