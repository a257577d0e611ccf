import fc from 'fast-check';
import MarkdownIt, { type ParserCore, type StateCore, type Token } from 'markdown-it';
import type { Node } from 'prosemirror-model';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { documents, markdownLines, someText } from '../test/arbitrary-documents.js';
import { fromMarkdown } from './markdown-reader.js';
import { forMarkdown } from './markdown-subset.js';
import { toMarkdown } from './markdown-writer.js';
import { type MarkName, schema } from './schema.js';

test('whatever the model can hold reads back from Markdown as it was, and is written the same again', () => {
  fc.assert(
    fc.property(documents, someText, (doc, heading) => {
      const { text: written } = toMarkdown(doc, heading);
      const read = fromMarkdown(written);
      expect(read.doc.toString()).toBe(forMarkdown(doc).doc.toString());
      expect(read.doc.eq(forMarkdown(doc).doc)).toBe(true);
      expect(read.warnings).toEqual([]);
      expect(toMarkdown(read.doc, read.title)).toEqual({ text: written, warnings: [] });
    }),
    { numRuns: 1000 },
  );
});

test('whatever somebody writes as Markdown becomes a document that is stable from then on', () => {
  fc.assert(
    fc.property(markdownLines, (all) => {
      const { doc } = fromMarkdown(all.join('\n'));
      doc.check();
      const { text: written } = toMarkdown(doc);
      const again = fromMarkdown(written).doc;
      expect(again.toString()).toBe(forMarkdown(doc).doc.toString());
      expect(toMarkdown(again).text).toBe(written);
    }),
    { numRuns: 1000 },
  );
});

const paragraph = (...content: Node[]): Node => schema.node('paragraph', null, content);
const item = (...content: Node[]): Node => schema.node('list_item', null, content);
const words = (value: string, ...names: MarkName[]): Node =>
  schema.text(
    value,
    names.map((name) => (name === 'link' ? schema.mark('link', { href: 'https://x/a_b?c=1&d=2' }) : schema.mark(name))),
  );

test('usual text is written as people would', () => {
  const doc = schema.node('doc', null, [
    schema.node('heading', { level: 2 }, [schema.text('Stores')]),
    paragraph(
      words('We need '),
      words('much', 'strong'),
      words(' oil, '),
      words('soon', 'em'),
      words(': see '),
      words('here', 'link'),
    ),
    paragraph(words('a_b * c '), words('x < y', 'code'), schema.node('hard_break'), words('gone', 'strike')),
    schema.node('bullet_list', null, [
      item(paragraph(words('Oil')), schema.node('bullet_list', null, [item(paragraph(words('Lamps')))])),
      item(paragraph(words('Wicks'))),
    ]),
    schema.node('ordered_list', { order: 3 }, [item(paragraph(words('Then'), words('under', 'underline')))]),
    schema.node('blockquote', null, [paragraph(words('Said'))]),
    schema.node('code_block', null, [schema.text('a\n\nb')]),
    schema.node('horizontal_rule'),
  ]);
  expect(toMarkdown(doc, 'Winter').text).toBe(`---
title: "Winter"
---

## Stores

We need **much** oil, *soon*: see [here](<https://x/a_b?c=1&amp;d=2>)

a_b \\* c \`x < y\`\\
~~gone~~

- Oil
  - Lamps
- Wicks

3. Then<u>under</u>

> Said

\`\`\`
a

b
\`\`\`

***
`);
});

describe('what Markdown cannot hold', () => {
  test.each([
    [paragraph(schema.text('x', [schema.mark('link', { href: 'javascript:alert(1)' })])), 'x\n', 'leads nowhere safe'],
    [paragraph(schema.node('image', { src: 'data:x', alt: 'a cat' })), 'a cat\n', 'was left out'],
    [paragraph(schema.text('a\u0000b')), 'a\ufffdb\n', 'control characters'],
  ])('is told: %s', (node, written, words) => {
    const { text: markdown, warnings } = toMarkdown(schema.node('doc', null, [node]));
    expect(markdown).toBe(written);
    expect(warnings.join()).toContain(words);
  });

  test('and what a file brings that may not come in is told, too', () => {
    const {
      doc,
      warnings,
      title: read,
    } = fromMarkdown(
      "---\ntitle: 'It''s'\ntags: [a]\n---\n[x](javascript:alert%281%29) ![cat](data:image/png;base64,AA)\n<script>y</script>",
    );
    expect(doc.toString()).toBe('doc(paragraph("x cat <script>y</script>"))');
    expect(read).toBe("It's");
    expect(warnings).toHaveLength(3);
  });
});

test('what only looks like front matter is text', () => {
  expect(fromMarkdown('---\nNot a key\n---\n').doc.childCount).toBeGreaterThan(0);
  expect(fromMarkdown('---\n\n---\n').doc.toString()).toBe('doc(horizontal_rule, horizontal_rule)');
});

/** Of the tokens of one text, by one of the rules that read it. */
interface Looks {
  readonly looks: number;
  readonly tokens: number;
}

/** Counts from now on how often each rule looks at tokens. @returns what is counted, as it comes */
function countLooks(): readonly Looks[] {
  const counts: Looks[] = [];
  const core = Object.getPrototypeOf(new MarkdownIt().core) as ParserCore;
  const spy = vi.spyOn(core, 'process').mockImplementation(function (this: ParserCore, state: StateCore) {
    let looks = 0;
    const seen = new Set<Token>();
    const counting = new WeakSet<Token[]>();
    const counted = (tokens: Token[]): Token[] => {
      const proxy = new Proxy(tokens, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key);
          if (!(value instanceof state.Token)) return value;
          looks++;
          seen.add(value);
          if (value.children && !counting.has(value.children)) value.children = counted(value.children);
          return value;
        },
        set(target, key, value: unknown) {
          if (value instanceof state.Token) seen.add(value);
          return Reflect.set(target, key, value);
        },
      });
      counting.add(proxy);
      return proxy;
    };
    let tokens = counted([]);
    Object.defineProperty(state, 'tokens', {
      get: () => tokens,
      set: (others: Token[]) => {
        tokens = counted(others);
      },
    });
    for (const rule of this.ruler.getRules('')) {
      looks = 0;
      rule(state);
      counts.push({ looks, tokens: seen.size });
    }
  });
  onTestFinished(() => spy.mockRestore());
  return counts;
}

test('nesting beyond any sense is refused, not cut, and each rule looks at a token a few times at most', () => {
  const counts = countLooks();
  expect(() => fromMarkdown(`${'> '.repeat(400)}deep`)).toThrow('nested more than 200 levels');
  expect(() => fromMarkdown(`${'> '.repeat(50_000)}deep`)).toThrow('nested more than 200 levels');
  fromMarkdown('*a '.repeat(20_000));
  fromMarkdown('['.repeat(20_000));
  expect(() => fromMarkdown(`${'<details>\n\n'.repeat(400)}${'</details>\n\n'.repeat(400)}`)).toThrow(
    'nested more than',
  );
  expect(fromMarkdown('<details>\n\n'.repeat(5_000)).doc.childCount).toBe(5_000);
  expect(fromMarkdown('> [!NOTE]\n\n'.repeat(5_000)).doc.childCount).toBe(5_000);
  fromMarkdown('[a](b) [c](weft:person/d) '.repeat(5_000));
  fromMarkdown(`a|b\n-|-\n${'c|d|e\n'.repeat(5_000)}`);
  fromMarkdown('- [ ] a\n'.repeat(5_000));
  for (const { looks, tokens } of counts) expect(looks).toBeLessThanOrEqual(20 * tokens);
  expect(Math.max(...counts.map(({ tokens }) => tokens))).toBeGreaterThan(20_000);
  expect(Math.max(...counts.map(({ looks }) => looks))).toBeGreaterThan(20_000);
});

test('what other programs write is understood, and nothing of it is left out', () => {
  const read = (markdown: string): string => fromMarkdown(markdown).doc.toString();
  expect(read('| a | b |\n|:-:|---|\n| 1 |\n| 2 | 3 | 4 | 5 |')).toBe(
    'doc(table(table_row(table_header(paragraph("a")), table_header(paragraph("b"))), ' +
      'table_row(table_cell(paragraph("1")), table_cell(paragraph)), ' +
      'table_row(table_cell(paragraph("2")), table_cell(paragraph("3 | 4 | 5")))))',
  );
  expect(read('- [x] a\n- [ ] b')).toBe('doc(task_list(task_item(paragraph("a")), task_item(paragraph("b"))))');
  expect(read('- [x] a\n- b')).toBe('doc(bullet_list(list_item(paragraph("[x] a")), list_item(paragraph("b"))))');
  expect(read('<details>\n<summary>More</summary>\n\nIn\n\n</details>')).toBe(
    'doc(details(details_summary("More"), paragraph("In")))',
  );
  expect(read('<details>\n<summary>No end</summary>\n\nIn')).toBe(
    'doc(paragraph("<details> <summary>No end</summary>"), paragraph("In"))',
  );
  expect(read('*a (*b*) c*')).toBe('doc(paragraph(em("a (b) c")))');
  expect(fromMarkdown('```ts {1,3}\nx\n```').doc.child(0).attrs.language).toBe('ts');
});
