// The test function of the browser stories: a server of its own for each, and people who join with a window each.
// After each story nothing may have gone wrong in a page that the story did not tell of.

import { type BrowserContextOptions, test as base, expect, type TestInfo } from '@playwright/test';
import { catalogues } from '../../packages/words/src/catalogue.js';
import { StockEditor } from './stock-editor.js';
import { TcpProxy } from './tcp-proxy.js';
import { WeftServer } from './weft-server.js';
import { Writer } from './writer.js';

export interface Story {
  /** What is in the server's configuration file; null for none. */
  readonly config: object | null;
  readonly server: WeftServer;
  /** To the server, for whoever's connection is to break. */
  readonly wire: TcpProxy;
  /** Opens a window for somebody. Their name is kept in it as if they had typed it once. */
  join(name: string, options?: BrowserContextOptions): Promise<Writer>;
  /** Somebody who comes with a stock client instead of a window. */
  connect(document: string, name: string): StockEditor;
}

const colors = ['#2f6fde', '#d1495b', '#1a8f6d', '#b7791f', '#7b4fd0', '#0e8aa8', '#c2410c'];
const stockColor = '#4d7c0f';

export const test = base.extend<Story>({
  config: [null, { option: true }],

  server: async ({ config }, use) => {
    const server = await WeftServer.start(config);
    await use(server);
    await server.dispose();
    expect(server.complaints, 'what the server wrote to stderr').toBe('');
  },

  wire: async ({ server }, use) => {
    const wire = await TcpProxy.start(server.port);
    await use(wire);
    await wire.cut();
  },

  join: async ({ browser }, use, story) => {
    const writers: Writer[] = [];
    await use(async (name, options = {}) => {
      const context = await browser.newContext(options);
      await context.addInitScript(hurryBack);
      const person = JSON.stringify({ name, color: colors[writers.length % colors.length] });
      await context.addInitScript((kept) => {
        if (localStorage.getItem('weft.person') === null) localStorage.setItem('weft.person', kept);
      }, person);
      const words = catalogues[options.locale?.startsWith('de') ? 'de' : 'en'];
      const writer = new Writer(await context.newPage(), name, words);
      writers.push(writer);
      return writer;
    });
    if (story.status !== story.expectedStatus) await keepPictures(writers, story);
    for (const { context } of writers) await context.close();
    expect(
      writers.flatMap(({ name, errors }) => errors.map((error) => `${name}: ${error}`)),
      'errors in pages',
    ).toEqual([]);
  },

  connect: async ({ server }, use) => {
    const editors: StockEditor[] = [];
    await use((document, name) => {
      const editor = new StockEditor(server.url, document, { name, color: stockColor });
      editors.push(editor);
      return editor;
    });
    for (const editor of editors) editor.close();
  },
});

/** Of what each of them had before their eyes when it failed. */
async function keepPictures(writers: readonly Writer[], story: TestInfo): Promise<void> {
  for (const { name, context } of writers) {
    for (const [index, page] of context.pages().entries()) {
      const path = story.outputPath(`${name}-${index + 1}.png`);
      // A page that is dead or frozen shows nothing.
      const isTaken = await page.screenshot({ path, timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      if (isTaken) story.attachments.push({ name: `what ${name} saw`, path, contentType: 'image/png' });
    }
  }
}

/**
 * Runs in every page. A page without a connection tries again after a pause that chance chooses, of up to 30 s (backoff.ts): here
 * of a tenth of that, so that no story has to wait for longer than what it expects may take.
 */
function hurryBack(): void {
  const { random } = Math;
  Math.random = () => random() / 10;
}

export { expect };
