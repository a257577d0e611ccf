import fc from 'fast-check';
import type { Node } from 'prosemirror-model';
import { expect, test } from 'vitest';
import { documents } from '../test/arbitrary-documents.js';
import { parseInNode } from '../test/parse-html.js';
import { fromHtml } from './html-reader.js';
import { toHtml, toHtmlPage } from './html-writer.js';
import { type MarkName, schema } from './schema.js';

const read = (html: string): Node => fromHtml(html, parseInNode);
const paragraph = (...content: Node[]): Node => schema.node('paragraph', null, content);
const text = (value: string): Node => schema.text(value);

/** One of everything. */
const everything = schema.node('doc', null, [
  schema.node('heading', { level: 2, align: 'center', dir: 'rtl' }, [text('Stores')]),
  schema.node('paragraph', { align: 'justify' }, [
    text('a '),
    ...(Object.keys(schema.marks) as MarkName[]).map((name) =>
      schema.text(name, [
        schema.mark(name, { href: 'https://x', color: 'blue', id: 'c1', key: 'glow', value: { by: 2 } }),
      ]),
    ),
    schema.node('hard_break'),
    schema.node('person_mention', { id: 'u-1', label: 'Ann "Q" Ek' }),
    schema.node('document_mention', { id: 'notes/today', label: 'Today' }),
    schema.node('image', { src: 'https://x/a.png?b&c', alt: 'A', title: 'T', width: 64 }),
    schema.node('unknown_inline', { name: 'dial', content: '{"name":"dial","attrs":{"at":3},"children":[]}' }),
  ]),
  schema.node('unknown_block', {
    name: 'flow_chart',
    content: '{"name":"flow_chart","attrs":{},"children":[{"delta":[{"insert":"a \\"b\\" <c>"}]}]}',
  }),
  schema.node('blockquote', null, [paragraph(text('Said <b> & "done"'))]),
  schema.node('callout', { kind: 'warning' }, [paragraph(text('Hot'))]),
  schema.node('details', null, [schema.node('details_summary', null, [text('More')]), paragraph(text('Inside'))]),
  schema.node('bullet_list', null, [schema.node('list_item', null, [paragraph(text('Oil'))])]),
  schema.node('ordered_list', { order: 3 }, [schema.node('list_item', null, [paragraph(text('Wicks'))])]),
  schema.node('task_list', null, [
    schema.node('task_item', { checked: true }, [paragraph(text('Done'))]),
    schema.node('task_item', null, [paragraph(text('Open'))]),
  ]),
  schema.node('code_block', { language: 'js' }, [text('\nlet a;\n\n')]),
  schema.node('table', null, [
    schema.node('table_row', null, [
      schema.node('table_header', { colspan: 2, colwidth: [80, 120] }, [paragraph(text('Head'))]),
    ]),
    schema.node('table_row', null, [
      schema.node('table_cell', { rowspan: 2, align: 'right' }, [paragraph(text('1')), schema.node('horizontal_rule')]),
      schema.node('table_cell', null, [paragraph()]),
    ]),
  ]),
  schema.node('figure', { src: '/assets/a.png', alt: 'Lamp', width: 320 }, [text('The lamp')]),
  schema.node('horizontal_rule'),
]);

test('everything the schema has is written as HTML and read back as it was', () => {
  everything.check();
  const names = new Set<string>();
  everything.descendants((node) => {
    for (const { type } of [node, ...node.marks]) names.add(type.name);
  });
  expect([...names].sort()).toEqual(
    [...Object.keys(schema.nodes), ...Object.keys(schema.marks)].filter((name) => name !== 'doc').sort(),
  );
  const back = read(toHtml(everything));
  expect(back.toString()).toBe(everything.toString());
  expect(back.eq(everything)).toBe(true);
});

test('what is written is plain HTML that other programs show', () => {
  const html = toHtml(everything);
  expect(html).toContain('<h2 data-align="center" dir="rtl" style="text-align: center">Stores</h2>');
  expect(html).toContain('<details open="" dir="auto"><summary>More</summary><p>Inside</p></details>');
  expect(html).toContain('<input type="checkbox" disabled="" checked="">');
  expect(html).toContain('<pre><code class="language-js">');
});

test('whatever a document holds, its HTML reads back as a sound document, with its text', () => {
  fc.assert(
    fc.property(documents, (doc) => {
      const html = toHtml(doc);
      const back = read(html);
      back.check();
      expect(wordsOf(back)).toBe(wordsOf(doc));
    }),
    { numRuns: 300 },
  );
});

test('what HTML has made of a document is written and read back as it is from then on', () => {
  fc.assert(
    fc.property(documents, (doc) => {
      const once = read(toHtml(doc));
      const again = read(toHtml(once));
      expect(again.toString()).toBe(once.toString());
      expect(again.eq(once)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a link that leads nowhere and a colour nobody knows part no text', () => {
  const marked = (name: MarkName, attrs: object) => {
    const mark = schema.mark(name, attrs);
    const em = schema.mark('em');
    return paragraph(
      schema.node('hard_break', null, undefined, [mark, em]),
      schema.text(' a', [em]),
      schema.text('b', [mark, em]),
      text('c'),
    );
  };
  const doc = schema.node('doc', null, [
    marked('link', { href: "javascript:alert('x')" }),
    marked('text_color', { color: 'mauve' }),
  ]);
  expect(toHtml(doc)).toBe('<p><em><br> ab</em>c</p>'.repeat(2));
  const once = read(toHtml(doc));
  expect(read(toHtml(once)).toString()).toBe(once.toString());
});

/** What everybody can read of the text. */
const wordsOf = (doc: Node): string => doc.textBetween(0, doc.content.size, '').replace(/[^\p{L}\p{N}]/gu, '');

test('nothing that runs, loads or reaches elsewhere comes in', () => {
  const hostile = [
    '<script>alert(1)</script><style>p{}</style><p onclick="alert(1)" style="position:fixed" class="x" id="y">text</p>',
    '<a href="javascript:alert(1)">a</a><a href="java\nscript:alert(1)">b</a><a href="data:text/html,x">c</a>',
    '<img src="javascript:alert(1)"><img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<iframe src="https://x"></iframe><object data="x"></object><embed src="x"><form action="https://x"><input value="v"></form>',
    '<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)">d</a></svg>',
    '<span class="mention" data-weft-person="&quot;><img src=x onerror=alert(1)>">@z</span>',
    '<aside data-callout="&quot; onload=alert(1)">e</aside><mark data-color="red;background:url(x)">f</mark>',
    '<table><tr><td colspan="1000000000" rowspan="1e9" data-colwidth="1,2,x">g</td></tr></table>',
  ].join('');
  const html = toHtml(read(hostile));
  const drawn = parseInNode(html);
  const tags = new Set([...drawn.querySelectorAll('*')].map(({ localName }) => localName));
  for (const tag of ['script', 'style', 'iframe', 'object', 'embed', 'form', 'input', 'svg', 'img', 'a']) {
    expect(tags, tag).not.toContain(tag);
  }
  for (const { attributes } of drawn.querySelectorAll('*')) {
    for (const { name, value } of attributes) {
      expect(name).not.toMatch(/^on|^id$|^style$/);
      expect(value).not.toContain('javascript:');
    }
  }
  expect(drawn.textContent).toMatch(/text.*abc.*e.*f.*g/s);
});

test('a document that came from the wire cannot break out of its markup, or lead where it may not', () => {
  const doc = schema.node('doc', null, [
    schema.node('figure', { src: 'javascript:alert(1)', alt: '"><script>' }),
    paragraph(
      schema.text('x', [schema.mark('link', { href: 'javascript:alert(1)' })]),
      schema.text('y', [schema.mark('text_color', { color: '"><script>' })]),
      schema.node('image', { src: 'data:x' }),
    ),
    schema.node('callout', { kind: '"><script>' }),
    schema.node('code_block', { language: '"><script>' }),
    schema.node('table', null, [
      schema.node('table_row', null, [schema.node('table_cell', { colspan: 1e12, rowspan: -1, colwidth: [1e9] })]),
    ]),
  ]);
  doc.check();
  const html = toHtml(doc);
  expect(html).not.toContain('<script');
  expect(html).not.toMatch(/(?:href|[^-]src)="(?:javascript|data):/);
  expect(html).toContain('<aside data-callout="note"');
  expect(html).toContain('<td>');
});

test('pages of elsewhere bring their task lists, figures, languages and alignment', () => {
  const doc = read(`
    <ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" checked> a</li></ul>
    <ul><li role="checkbox" aria-checked="true" aria-level="1"><p>b</p></li>
    <ul><li role="checkbox" aria-checked="false" aria-level="2"><p>c</p></li></ul></ul>
    <figure><img src="https://x/a.png" alt="A"><figcaption>Cap</figcaption></figure>
    <pre><code class="hljs language-rust">fn</code></pre>
    <table><thead><tr><th align="right">h</th></tr></thead><tbody><tr><td>c</td></tr></tbody></table>
    <details><summary>s</summary>t</details>
    <p style="text-align: center">m</p>`);
  expect(doc.toString()).toBe(
    'doc(task_list(task_item(paragraph("a"))), ' +
      'task_list(task_item(paragraph("b"), task_list(task_item(paragraph("c"))))), figure("Cap"), code_block("fn"), ' +
      'table(table_row(table_header(paragraph("h"))), table_row(table_cell(paragraph("c")))), ' +
      'details(details_summary("s"), paragraph("t")), paragraph("m"))',
  );
  expect(doc.child(0).child(0).attrs.checked).toBe(true);
  expect(doc.child(1).child(0).attrs.checked).toBe(true);
  expect(doc.child(1).child(0).child(1).child(0).attrs.checked).toBe(false);
  expect(doc.child(3).attrs.language).toBe('rust');
  expect(doc.child(4).child(0).child(0).attrs.align).toBe('right');
  expect(doc.child(6).attrs.align).toBe('center');
});

test('a page goes the way of its first letter, each block of text its own, and is read as it was', () => {
  const doc = schema.node('doc', null, [paragraph(text('שומר המגדלור')), paragraph(text('The office reads it.'))]);
  const page = toHtmlPage(doc, '');
  expect(page).toContain('<body dir="auto"><p>שומר');
  expect(page).toMatch(/<style>:is\(p,[^<]*,figcaption,summary\):not\(\[dir\]\)\{unicode-bidi:plaintext\}/);
  expect(read(page).toJSON()).toEqual(doc.toJSON());
  for (const tag of ['blockquote', 'ul', 'ol', 'table']) expect(toHtml(everything)).toContain(`<${tag} dir="auto"`);
});
