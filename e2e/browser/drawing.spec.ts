// What is drawn of a change: the blocks it touches and no others, and in the end the same as if all were drawn anew.

import { expect, test } from './story.js';
import type { Writer } from './writer.js';

/** The parts of prosemirror-view that the editor's drawing in place is written against. */
interface Drawn {
  readonly children: { matchesNode(...args: unknown[]): boolean }[];
}

/** How often a block that nobody touches was compared since the last time this was asked. */
const looksAtFirstBlock = (writer: Writer): Promise<number> =>
  writer.text.evaluate((editable) => {
    const watched = (editable as unknown as { pmViewDesc: Drawn }).pmViewDesc.children[0]! as {
      matchesNode(...args: unknown[]): boolean;
      looks?: number;
    };
    const looks = watched.looks ?? 0;
    if (watched.looks === undefined) {
      const { matchesNode } = watched;
      watched.matchesNode = (...args) => {
        watched.looks! += 1;
        return matchesNode.apply(watched, args);
      };
    }
    watched.looks = 0;
    return looks;
  });

/** Without what is drawn for somebody's caret. */
const markup = (writer: Writer): Promise<string> =>
  writer.text.evaluate((editable) => {
    const copy = editable.cloneNode(true) as Element;
    for (const extra of copy.querySelectorAll('.weft-caret, .ProseMirror-separator')) extra.remove();
    for (const selected of copy.querySelectorAll('.weft-selection')) selected.replaceWith(...selected.childNodes);
    copy.normalize();
    return copy.innerHTML;
  });

test('a letter, one’s own or another’s, and a caret draw their block alone', async ({ server, join, connect }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/drawn`);
  await ann.type('first\nsecond\nthird\nfourth');
  const stock = connect('drawn', 'Stocky');
  await expect.poll(() => stock.markup).toContain('fourth');
  await looksAtFirstBlock(ann);

  await ann.type(' letters');
  stock.text(2).insert(5, ' by another');
  await expect.poll(() => ann.blocks()).toEqual(['first', 'second', 'third by another', 'fourth letters']);
  stock.putCaret(1, 3);
  await expect(ann.caretOf('Stocky')).toBeVisible();
  await expect.poll(() => ann.textBefore('Stocky')).toBe('sec');
  stock.putCaret(2, 5);
  await expect.poll(() => ann.textBefore('Stocky')).toBe('third');
  await expect(ann.caretOf('Stocky')).toHaveCount(1);
  expect(await looksAtFirstBlock(ann)).toBe(0);

  await ann.press('Enter');
  expect(await looksAtFirstBlock(ann)).toBeGreaterThan(0);
});

test('what was drawn change by change is what a reload draws', async ({ server, join, connect }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/drawn`);
  await ann.type('# A heading\nplain words here\n- one\ntwo\n\n> quoted\n\nlast');
  const stock = connect('drawn', 'Stocky');
  await expect.poll(() => stock.markup).toContain('last');
  for (const [block, key] of [
    [1, 'Control+b'],
    [2, 'Control+i'],
    [3, 'Backspace'],
    [1, 'Enter'],
    [0, 'Delete'],
    [2, 'Control+Shift+8'],
  ] as const) {
    await ann.goToEndOf(Math.min(block, (await ann.text.locator('> *').count()) - 1));
    for (let i = 0; i < 3; i++) await ann.press('Shift+ArrowLeft');
    await ann.press(key);
    await ann.type('x');
    stock.text(0).insert(1, 'y');
  }
  await ann.press('Control+z');
  await ann.type(' and the end');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect.poll(async () => (await ann.blocks())[0]).toContain('yyyyyy');
  const drawn = await markup(ann);
  await ann.page.reload();
  await ann.text.waitFor();
  await expect.poll(() => markup(ann)).toBe(drawn);
});

test('caret keys go from block to block, whatever they are, and to both ends', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/keys`);
  await ann.type('# head\nplain\n- one\ntwo\n\n> quote\n\nlast');
  const lines = () => ann.text.locator(':is(h1, p)').allTextContents();
  await expect.poll(lines).toEqual(['head', 'plain', 'one', 'two', 'quote', 'last']);
  await ann.press('Control+Home');
  for (let i = 0; i < 6; i++) {
    await ann.press('End');
    await ann.type('x');
    await ann.press('ArrowDown');
  }
  await expect.poll(lines).toEqual(['headx', 'plainx', 'onex', 'twox', 'quotex', 'lastx']);
  await ann.press('Control+Home');
  await ann.press('Control+End');
  await ann.type('!');
  await ann.press('ArrowUp');
  await ann.press('Home');
  await ann.type('a ');
  await expect.poll(lines).toEqual(['headx', 'plainx', 'onex', 'twox', 'a quotex', 'lastx!']);
  await ann.press('Control+Home');
  await ann.press('Control+Shift+End');
  const selected = () => ann.page.evaluate(() => getSelection()!.toString().split(/\s+/));
  await expect.poll(selected).toEqual(['headx', 'plainx', 'onex', 'twox', 'a', 'quotex', 'lastx!']);
});

test('blocks stand where their margins put them, as if nothing kept these in', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/margins`);
  await ann.type('# head\nplain\n- one\ntwo\n\nafter\n> quote\n\nlast\n1. first\nsecond\n\nend');
  await expect.poll(async () => (await ann.blocks()).at(-1)).toBe('end');
  const tops = () =>
    ann.text.evaluate((editable) =>
      [...editable.children].map((block) => Math.round(block.getBoundingClientRect().top)),
    );
  const contained = await tops();
  await ann.page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.ProseMirror > * { contain: none !important }
      .ProseMirror > :is(ul, ol, blockquote) { margin-bottom: 14px !important }`);
    document.adoptedStyleSheets = [sheet];
  });
  expect(await tops()).toEqual(contained);
});
