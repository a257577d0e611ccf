import { schema } from '@weft/model';
import fc from 'fast-check';
import { Fragment } from 'prosemirror-model';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { slashTrigger } from './slash.js';
import { addressEnd, addressesIn, typedLinks, withLinks } from './typed-links.js';
import type { Typed } from './typed-menu.js';

test.each([
  ['see https://example.org/a?b=c#d', ['https://example.org/a?b=c#d']],
  ['(https://example.org/a_(b)), then.', ['https://example.org/a_(b)']],
  ['www.example.org.', ['https://www.example.org']],
  ['HTTP://EXAMPLE.ORG!', ['HTTP://EXAMPLE.ORG']],
  ['https://a.example, https://b.example; ok', ['https://a.example', 'https://b.example']],
  ['https:// http://. www. ftp://x javascript:alert(1) ahttps://example.org', []],
  ['me@www.example.org', []],
])('the addresses in “%s”', (text, wanted) => {
  expect(addressesIn(text).map(({ href }) => href)).toEqual(wanted);
});

/** What the end of an address is, said as plainly as it can be. */
function plainEnd(address: string): number {
  const last = address.at(-1) ?? '';
  const opening = { ')': '(', ']': '[', '}': '{' }[last];
  const isSurplus = opening !== undefined && address.split(opening).length < address.split(last).length;
  return /[.,;:!?…*_~]$/.test(address) || isSurplus ? plainEnd(address.slice(0, -1)) : address.length;
}

test('the end of an address is found by looking at each character twice at most', () => {
  const piece = fc.constantFrom(
    'http://',
    'www.',
    'a',
    'b.',
    '.',
    '…',
    ',',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '_',
    '/',
    '@',
  );
  const repeated = fc.tuple(piece, fc.nat(40)).map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, repeated)), (pieces) => {
      const address = pieces.join('');
      let looks = 0;
      const charAt = (index: number): string => {
        looks++;
        return address.charAt(index);
      };
      expect(addressEnd({ length: address.length, charAt })).toBe(plainEnd(address));
      expect(looks).toBeLessThanOrEqual(2 * address.length);
    }),
  );
});

// Of some of them a square of it was looked at, and others took more stack than there is.
test.each([
  ['', 'http://', '', 1],
  ['http://', 'a.', '', 1],
  ['', 'www.a ', '', 33_333],
  ['www.a', '(', '', 1],
  ['www.a', ')', '', 1],
  ['www.a', '.', '', 1],
  ['www.a', '.', '/', 1],
  ['www.a@', '.', '/', 1],
])('“%s”, 200 kB of “%s” and “%s” are read as any text is', (before, piece, after, count) => {
  const text = before + piece.repeat(200_000 / piece.length) + after;
  expect(addressesIn(text)).toHaveLength(count);
  expect(withLinks(Fragment.from(p(text))).firstChild!.textContent).toBe(text);
});

test('pasted text gets links, but for code and what is a link', () => {
  const link = schema.marks.link.create({ href: 'https://other.example/' });
  const content = Fragment.fromArray([
    p('a https://example.org b'),
    schema.node('paragraph', null, [
      schema.text('https://example.org', [schema.marks.code.create()]),
      schema.text('https://example.org', [link]),
    ]),
    schema.node('code_block', null, [schema.text('https://example.org')]),
  ]);
  const hrefs: unknown[] = [];
  withLinks(content).descendants((node) => {
    for (const mark of node.marks) if (mark.type === link.type) hrefs.push(`${node.text} ${mark.attrs.href}`);
  });
  expect(hrefs).toEqual(['https://example.org https://example.org', 'https://example.org https://other.example/']);
});

const typedInto = (text: string): HeadlessView => {
  const view = new HeadlessView(new Y.Doc(), [typedLinks()]);
  for (const character of text) {
    const { from, to } = view.state.selection;
    const deflt = () => view.state.tr.insertText(character);
    const taken = view.state.plugins.some((plugin) =>
      plugin.props.handleTextInput?.call(plugin, view.asView, from, to, character, deflt),
    );
    if (!taken) view.dispatch(deflt());
  }
  return view;
};

test('an address that is typed becomes a link with the space after it, and undo takes back the link alone', () => {
  const view = typedInto('see https://example.org/a, too');
  expect(view.text).toBe('doc(paragraph("see ", link("https://example.org/a"), ", too"))');
  view.destroy();
  const other = typedInto('www.example.org ');
  expect(other.text).toBe('doc(paragraph(link("www.example.org"), " "))');
  other.undo();
  expect(other.text).toBe('doc(paragraph("www.example.org "))');
  other.destroy();
});

test('a slash in an empty line asks for the menu, which goes when it is not meant any more', () => {
  const told: (string | null)[] = [];
  const menu = {
    show: ({ query }: Typed) => void told.push(query),
    hide: () => void told.push(null),
    keyPressed: () => false,
  };
  const view = new HeadlessView(new Y.Doc(), [slashTrigger(menu)]);
  view.focused = true;
  view.type('and/or ');
  expect(told).toEqual([]);
  view.dispatch(view.state.tr.delete(1, view.state.doc.content.size - 1));
  view.type('/he ');
  expect(told).toEqual(['', 'h', 'he', 'he ']);
  // What others write moves it along.
  view.dispatch(view.state.tr.insert(0, p('theirs')));
  view.type('2');
  expect(told.slice(4)).toEqual(['he ', 'he 2']);
  view.type('!');
  expect(told.at(-1)).toBeNull();
  view.dispatch(view.state.tr.delete(view.state.selection.head - 1, view.state.selection.head));
  expect(told.at(-1), 'it was sent away').toBeNull();
  view.destroy();
});
