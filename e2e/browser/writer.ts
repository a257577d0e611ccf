// Somebody who writes: a person with a browser window of their own, and how they see and use the page of a document.

import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { type Catalogue, catalogues } from '../../packages/words/src/catalogue.js';

/** What a browser says by itself about a server that is gone; pages have their own words for it. */
const networkFailure = /net::ERR_|WebSocket connection to|Failed to load resource/;

/** What some say as soon as they read markup from elsewhere with scripts in its attributes (Chromium 156): none of them runs. */
export const scriptRefused = /^Executing inline event handler violates/;

export class Writer {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly name: string;
  /** What the app says to them. */
  readonly words: Catalogue;
  /** The editable. */
  readonly text: Locator;
  readonly title: Locator;
  readonly saveLine: Locator;
  readonly toolbar: Locator;
  /** Errors of the page: uncaught ones, and what the browser says aloud, e.g. of a broken content security policy. */
  readonly errors: string[] = [];
  /** Of what the browser says, what belongs to the story. */
  readonly expected: RegExp[] = [networkFailure];

  /** @param words  in the language of their browser */
  constructor(page: Page, name: string, words: Catalogue = catalogues.en) {
    this.page = page;
    this.words = words;
    this.context = page.context();
    this.name = name;
    this.text = page.getByRole('textbox', { name: words.document.document });
    this.title = page.getByRole('textbox', { name: words.document.title });
    this.saveLine = page.locator('[data-save-state]');
    this.toolbar = page.getByRole('toolbar', { name: words.tools.formatting });
    page.on('pageerror', (error) => this.errors.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() !== 'error' || this.expected.some((pattern) => pattern.test(message.text()))) return;
      this.errors.push(message.text());
    });
  }

  /** Opens a document and waits until one can write in it. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    // Whoever comes first to an address begins its document.
    const begin = this.page.getByRole('button', { name: this.words.turnedAway.beginIt });
    await this.text.or(begin).first().waitFor();
    if (await begin.isVisible()) await begin.click();
    await this.text.waitFor();
  }

  /** Waits until the pages that links lead to are here: they are fetched after the one that is shown. */
  hasPages(): Promise<void> {
    return this.page.waitForLoadState('networkidle');
  }

  /** Key by key, as a person does. */
  async type(text: string, delayMs = 8): Promise<void> {
    await this.page.keyboard.type(text, { delay: delayMs });
  }

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }

  /** Pastes without the clipboard, which other windows share. */
  async paste(content: string): Promise<void> {
    await this.text.evaluate((editable, plain) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', plain);
      editable.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, content);
  }

  /** Puts the caret at the end of the nth block's line that is clicked: blocks here are short. */
  async goToEndOf(block: number): Promise<void> {
    await this.text.locator('> *').nth(block).click();
    await this.press('End');
  }

  tool(name: string): Locator {
    return this.toolbar.getByRole('button', { name, exact: true });
  }

  /** The caret of somebody else, as it stands in the text. */
  caretOf(name: string): Locator {
    return this.text.locator('.weft-caret', { hasText: name });
  }

  /** The text of a block up to somebody else's caret; null without one. */
  textBefore(name: string): Promise<string | null> {
    return this.text.evaluate((editable, whose) => {
      const carets = [...editable.querySelectorAll('.weft-caret')];
      const caret = carets.find(({ textContent }) => textContent?.includes(whose));
      if (!caret) return null;
      const before = document.createRange();
      before.setStart(caret.closest('.ProseMirror > *')!, 0);
      before.setEndBefore(caret);
      return before.toString();
    }, name);
  }

  /** What is on the clipboard. To be asked for again: it comes there a while after the press of a button. */
  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  saveState(): Promise<string | null> {
    return this.saveLine.getAttribute('data-save-state');
  }

  /** Changes that are in the browser's storage and not on the server. */
  keptChanges(): Promise<number> {
    return this.page.evaluate(countKept);
  }

  /** The text block by block, without the carets that stand in it. */
  blocks(): Promise<string[]> {
    return this.text.evaluate(readBlocks);
  }

  /** @param ask  what makes the page ask for files */
  async chooses(
    ask: () => Promise<void>,
    ...files: { name: string; mimeType: string; buffer: Buffer }[]
  ): Promise<void> {
    const asked = this.page.waitForEvent('filechooser');
    // A page that has just done something knows that it is listened to; a key may come before that.
    await this.page.evaluate(() => undefined);
    await ask();
    await (await asked).setFiles(files);
  }

  /** The text as bare markup: without carets, and with no attribute but where links lead. */
  markup(): Promise<string> {
    return this.text.evaluate((editable) => {
      const copy = editable.cloneNode(true) as HTMLElement;
      for (const extra of copy.querySelectorAll('.weft-caret, .ProseMirror-trailingBreak, .ProseMirror-separator')) {
        extra.remove();
      }
      for (const element of copy.querySelectorAll('*')) {
        for (const { name } of [...element.attributes]) if (name !== 'href') element.removeAttribute(name);
      }
      return copy.innerHTML;
    });
  }
}

/** Waits until both read the same: whichever of them is behind. @returns what they read */
export async function agreed(one: Writer, other: Writer): Promise<string[]> {
  let read: string[] = [];
  await expect(async () => {
    read = await one.blocks();
    expect(await other.blocks()).toEqual(read);
  }).toPass({ timeout: 10_000 });
  return read;
}

/** Runs in the page. */
function countKept(): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`weft ${location.host}`);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const all = database.transaction('entries').objectStore('entries').getAll();
      all.onsuccess = () => {
        database.close();
        resolve(all.result.reduce((sum: number, { changes }: { changes: number }) => sum + changes, 0));
      };
    };
  });
}

/** Runs in the page. */
function readBlocks(editable: Element): string[] {
  return [...editable.children].map((block) => {
    const copy = block.cloneNode(true) as Element;
    for (const caret of copy.querySelectorAll('.weft-caret')) caret.remove();
    return copy.textContent ?? '';
  });
}
