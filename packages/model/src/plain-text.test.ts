import { expect, test } from 'vitest';
import { fromMarkdown } from './markdown-reader.js';
import { fromPlainText, toPlainText } from './plain-text.js';

test('plain text has the signs of lists, tabs in tables, and the names of people', () => {
  const { doc } = fromMarkdown(
    [
      '# Stores',
      'One\\\ntwo [Ann](weft:person/u-1)',
      '- Oil\n  - Lamps\n- Wicks',
      '3. Then',
      '- [x] done\n- [ ] open',
      '| a | b |\n|---|---|\n| c | d |',
      '> [!NOTE]\n> Mind',
      '<details>\n<summary>More</summary>\n\nInside\n\n</details>',
      '```js\nx\n\ny\n```',
    ].join('\n\n'),
  );
  expect(toPlainText(doc)).toBe(
    'Stores\n\nOne\ntwo @Ann\n\n- Oil\n  - Lamps\n- Wicks\n\n3. Then\n\n[x] done\n[ ] open\n\na\tb\nc\td\n\nMind\n\n' +
      'More\n\nInside\n\nx\n\ny',
  );
});

test('plain text is read as paragraphs with line breaks, and written as it was', () => {
  const text = 'One\ntwo\n\nthree';
  const doc = fromPlainText(text.replaceAll('\n', '\r\n'));
  expect(doc.toString()).toBe('doc(paragraph("One", hard_break, "two"), paragraph("three"))');
  expect(toPlainText(doc)).toBe(text);
  expect(fromPlainText('').toString()).toBe('doc(paragraph)');
});
