// What other programs write, and what those write who mean harm.

import { expect, test } from 'vitest';
import { docxOf, type Parts } from '../../test/docx-files.js';
import { openDocx } from './docx-file.js';
import { fromDocx, readDocx } from './reader.js';
import type { XmlElement } from './xml.js';
import { writeZip, ZipFile } from './zip.js';

const read = async (parts: Parts) => {
  const result = await fromDocx(await docxOf(parts));
  result.doc.check();
  return result;
};
const p = (runs: string, looks = ''): string => `<w:p>${looks === '' ? '' : `<w:pPr>${looks}</w:pPr>`}${runs}</w:p>`;
const r = (words: string, looks = ''): string =>
  `<w:r>${looks === '' ? '' : `<w:rPr>${looks}</w:rPr>`}<w:t xml:space="preserve">${words}</w:t></w:r>`;
const listed = (words: string, list: number, level = 0): string =>
  p(r(words), `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr>`);
const external = (id: string, target: string, kind = 'hyperlink'): string =>
  `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}" Target="${target}" TargetMode="External"/>`;

test('tracked changes come in as they would be accepted, and it is told', async () => {
  const { doc, warnings } = await read({
    body: p(
      `${r('kept ')}<w:ins>${r('put in')}</w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:moveTo>${r(' moved')}</w:moveTo>`,
    ),
  });
  expect(doc.textContent).toBe('kept put in moved');
  expect(warnings).toEqual(['What was deleted with changes tracked was left out.']);
});

test('text is found in whatever it stands in', async () => {
  const { doc } = await read({
    body: [
      p(
        `<w:smartTag>${r('a')}</w:smartTag><x:unknown><x:more>${r('b')}</x:more></x:unknown><w:sdt><w:sdtContent>${r('c')}</w:sdtContent></w:sdt>`,
      ),
      p('<m:oMath><m:f><m:num><m:r><m:t>d</m:t></m:r></m:num><m:den><m:r><m:t>e</m:t></m:r></m:den></m:f></m:oMath>'),
      p(
        `<w:r><mc:AlternateContent><mc:Choice><w:drawing><x:box><w:txbxContent>${p(r('in a box'))}</w:txbxContent></x:box></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>${p(r('in a box'))}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`,
      ),
      p(
        '<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>break</w:t><w:tab/><w:sym w:font="Wingdings" w:char="F0FC"/><w:br/><w:t>f</w:t></w:r>',
      ),
      `<w:sdt><w:sdtContent><w:customXml>${p(r('g'))}</w:customXml></w:sdtContent></w:sdt>`,
      `<x:block>${p(r('h'))}</x:block>`,
      p(`<w:r><w:ruby><w:rt>${r('kana')}</w:rt><w:rubyBase>${r('kanji')}</w:rubyBase></w:ruby></w:r>`),
    ].join(''),
  });
  expect(doc.toString()).toBe(
    'doc(paragraph("abc"), paragraph("de"), paragraph("in a box"), paragraph("non\u2011break\\t\u2713", hard_break, "f"), ' +
      'paragraph("g"), paragraph("h"), paragraph("kanakanji"))',
  );
});

test('links are read however they are written, and what looks like one by hand is not underlined as well', async () => {
  const sign = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  const { doc } = await read({
    relations: external('r1', 'https://x/'),
    body: p(
      [
        `<w:hyperlink r:id="r1" w:anchor="part">${r('one', '<w:color w:val="1155CC"/><w:u w:val="single"/>')}</w:hyperlink>`,
        `<w:fldSimple w:instr=' HYPERLINK "https://y" \\o "tip" '>${r('two')}</w:fldSimple>`,
        `${sign('begin')}<w:r><w:instrText> HYPERLINK "https://</w:instrText></w:r><w:r><w:instrText>z" </w:instrText></w:r>${sign('separate')}${r('three')}${sign('end')}`,
        `<w:hyperlink w:anchor="_Toc123">${r('four')}</w:hyperlink>`,
        `${sign('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r>${sign('separate')}${r('5')}${sign('end')}`,
        sign('begin') + r('six'),
      ].join(''),
    ),
  });
  const [one, two, three, rest] = doc.child(0).children;
  expect(one!.marks.map(({ type, attrs }) => [type.name, attrs.href])).toEqual([['link', 'https://x/#part']]);
  expect(two!.marks[0]!.attrs).toEqual({ href: 'https://y', title: 'tip' });
  expect(three!.marks[0]!.attrs.href).toBe('https://z');
  expect([rest!.text, rest!.marks]).toEqual(['four5six', []]);
});

test('addresses that do harm lead nowhere, and their text stays', async () => {
  const { doc, warnings } = await read({
    relations: external('r1', 'javascript:alert(1)') + external('r2', 'data:image/svg+xml,x', 'image'),
    body: p(
      `<w:hyperlink r:id="r1">${r('a')}</w:hyperlink><w:fldSimple w:instr='HYPERLINK "java&#9;script:alert(2)"'>${r('b')}</w:fldSimple>` +
        '<w:r><w:drawing><wp:inline><wp:docPr descr="lamp"/><a:blip r:link="r2"/></wp:inline></w:drawing></w:r>',
    ),
  });
  expect(doc.toString()).toBe('doc(paragraph("ab[Picture: lamp]"))');
  expect(warnings).toHaveLength(3);
});

test('lists count on after what stands between, and levels that are left out make no empty items', async () => {
  const level = (at: number, format: string, start = 1): string =>
    `<w:lvl w:ilvl="${at}"><w:start w:val="${start}"/><w:numFmt w:val="${format}"/></w:lvl>`;
  const { doc } = await read({
    numbering:
      `<w:abstractNum w:abstractNumId="7">${level(0, 'decimal', 5)}${level(1, 'bullet')}${level(2, 'lowerRoman')}</w:abstractNum>` +
      '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>',
    styles:
      '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="List Number"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>' +
      '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="Heading 2"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>',
    body: [
      listed('five', 1),
      listed('dot', 1, 1),
      listed('six', 1),
      listed('deep', 1, 2),
      p(r('between')),
      listed('seven', 1),
      p(r('eight'), '<w:pStyle w:val="L"/>'),
      p(r('a heading that is counted'), '<w:pStyle w:val="H"/>'),
      p(r('none'), '<w:pStyle w:val="L"/><w:numPr><w:numId w:val="0"/></w:numPr>'),
    ].join(''),
  });
  expect(doc.toString()).toBe(
    'doc(ordered_list(list_item(paragraph("five"), bullet_list(list_item(paragraph("dot")))), ' +
      'list_item(paragraph("six"), ordered_list(list_item(paragraph("deep"))))), paragraph("between"), ' +
      'ordered_list(list_item(paragraph("seven"))), ordered_list(list_item(paragraph("eight"))), ' +
      'heading("a heading that is counted"), paragraph("none"))',
  );
  expect([0, 2, 3].map((index) => doc.child(index).attrs.order)).toEqual([5, 7, 8]);
});

test('styles of Word, LibreOffice and Pandoc are headings, quotes, code and emphasis', async () => {
  const style = (id: string, name: string, more = '', type = 'paragraph'): string =>
    `<w:style w:type="${type}" w:styleId="${id}"><w:name w:val="${name}"/>${more}</w:style>`;
  const { doc, title } = await read({
    styles: [
      style('T', 'Title'),
      style('1', 'heading 1'),
      style('own', 'Chapter', '<w:basedOn w:val="1"/>'),
      style('loop', 'Loop', '<w:basedOn w:val="loop"/>'),
      style('Q', 'Block Text'),
      style('C', 'Source Code'),
      style('S', 'Strong', '<w:rPr><w:b/></w:rPr>', 'character'),
      style('V', 'Verbatim Char', '', 'character'),
    ].join(''),
    body: [
      p(r('The title'), '<w:pStyle w:val="T"/>'),
      p(r('Chapter'), '<w:pStyle w:val="own"/>'),
      p(r('outlined'), '<w:outlineLvl w:val="2"/>'),
      p(r('loop'), '<w:pStyle w:val="loop"/>'),
      p(r('q1'), '<w:pStyle w:val="Q"/>'),
      p(r('q2'), '<w:pStyle w:val="Q"/>'),
      p(r('x'), '<w:pStyle w:val="C"/>'),
      p(r('y'), '<w:pStyle w:val="C"/>'),
      p(
        r('strong', '<w:rStyle w:val="S"/>') +
          r('not', '<w:rStyle w:val="S"/><w:b w:val="0"/>') +
          r('verb', '<w:rStyle w:val="V"/>'),
      ),
      p(r('pen', '<w:highlight w:val="cyan"/><w:color w:val="C00000"/>')),
      p('', '<w:pBdr><w:bottom w:val="single"/></w:pBdr>'),
      p('<w:r><w:pict><v:rect o:hr="t"/></w:pict></w:r>'),
      p(r('centred'), '<w:bidi/><w:jc w:val="left"/>'),
    ].join(''),
  });
  expect(title).toBe('The title');
  expect(doc.toString()).toBe(
    'doc(heading("Chapter"), heading("outlined"), paragraph("loop"), blockquote(paragraph("q1"), paragraph("q2")), ' +
      'code_block("x\\ny"), paragraph(strong("strong"), "not", code("verb")), paragraph(highlight(text_color("pen"))), ' +
      'horizontal_rule, horizontal_rule, paragraph("centred"))',
  );
  expect([doc.child(0).attrs.level, doc.child(1).attrs.level]).toEqual([1, 3]);
  expect(doc.child(6).firstChild!.marks.map(({ attrs }) => attrs.color)).toEqual(['blue', 'red']);
  expect(doc.child(9).attrs).toEqual({ align: 'right', dir: 'rtl' });
});

test('notes and comments stand at the end, where their marks point', async () => {
  const { doc, warnings } = await read({
    footnotes: `<w:footnote w:type="separator" w:id="0">${p(r('---'))}</w:footnote><w:footnote w:id="4">${p(r('A note.'))}</w:footnote><w:footnote w:id="5">${p(r('Unread.'))}</w:footnote>`,
    comments: `<w:comment w:id="9" w:author="Ann">${p(r('Is it?'))}</w:comment>`,
    body: p(
      `${r('It ')}<w:commentRangeStart w:id="9"/>${r('is so')}<w:commentRangeEnd w:id="9"/><w:r><w:footnoteReference w:id="4"/></w:r><w:r><w:footnoteReference w:id="4"/></w:r>`,
    ),
  });
  expect(doc.toString()).toBe(
    'doc(paragraph("It is so", superscript("[1][1]")), horizontal_rule, ' +
      'ordered_list(list_item(paragraph("A note.")), list_item(paragraph("Unread."))), ' +
      'details(details_summary("Comments"), paragraph(strong("Ann"), " on “is so”"), blockquote(paragraph("Is it?"))))',
  );
  expect(warnings).toEqual(['The comments (1) stand at the end of the text.']);
});

test('a box to tick makes a task, and cells that go on below make one cell', async () => {
  const box = (value: number): string =>
    `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="${value}"/></w14:checkbox></w:sdtPr><w:sdtContent>${r('☒')}</w:sdtContent></w:sdt>`;
  const tc = (words: string, looks = ''): string =>
    `<w:tc><w:tcPr>${looks}</w:tcPr>${p(words === '' ? '' : r(words))}</w:tc>`;
  const { doc } = await read({
    body:
      p(`${box(1)}${r(' done')}`) +
      p(`${box(0)}${r(' open')}`) +
      `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>${tc('h', '<w:gridSpan w:val="2"/>')}${tc('tall', '<w:vMerge w:val="restart"/>')}</w:tr>` +
      `<w:sdt><w:sdtContent><w:tr>${tc('a')}${tc('b')}${tc('kept', '<w:vMerge/>')}</w:tr></w:sdtContent></w:sdt></w:tbl>`,
  });
  expect(doc.toString()).toBe(
    'doc(task_list(task_item(paragraph("done")), task_item(paragraph("open"))), ' +
      'table(table_row(table_header(paragraph("h")), table_header(paragraph("tall"), paragraph("kept"))), ' +
      'table_row(table_cell(paragraph("a")), table_cell(paragraph("b")))))',
  );
  expect(doc.child(0).children.map(({ attrs }) => attrs.checked)).toEqual([true, false]);
  expect(
    doc
      .child(1)
      .child(0)
      .children.map(({ attrs }) => [attrs.colspan, attrs.rowspan]),
  ).toEqual([
    [2, 1],
    [1, 2],
  ]);
});

test('a file that unpacks to more than anybody writes is given up early, whatever it says of its size', async () => {
  const bomb = await docxOf({ body: p(r('A'.repeat(40 * 2 ** 20))) });
  expect(bomb.length).toBeLessThan(100_000);
  await expect(fromDocx(bomb)).rejects.toThrow(
    'It holds more text than can be read at once. Split it into several files.',
  );
  const view = new DataView(bomb.buffer);
  for (let at = 0; at < bomb.length - 4; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 10, true);
  }
  await expect(fromDocx(bomb)).rejects.toThrow(
    'It holds more text than can be read at once. Split it into several files.',
  );
});

test('a file of millions of empty elements is given up as well', async () => {
  const empty = '<w:p/>'.repeat(2_000_000);
  await expect(fromDocx(await docxOf({ body: empty }))).rejects.toThrow('It holds more text than can be read at once.');
});

test('what is no part of the text is never unpacked', async () => {
  const zip = new ZipFile(
    await writeZip(
      new Map([
        ['word/media/bomb.bin', 'A'.repeat(1000)],
        ['b', 'B'],
      ]),
    ),
    10,
  );
  expect(new TextDecoder().decode((await zip.read('b'))!)).toBe('B');
  expect(await zip.read('c')).toBeNull();
});

test('entities of its own, from inside or outside, end the reading', async () => {
  for (const prolog of [
    '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
    '<!DOCTYPE w SYSTEM "file:///etc/passwd">',
  ]) {
    await expect(fromDocx(await docxOf({ prolog, body: p(r('x')) }))).rejects.toThrow(
      'It has a document type of its own',
    );
  }
  await expect(fromDocx(await docxOf({ body: p(r('&b;')) }))).rejects.toThrow('some of its XML cannot be read');
  await expect(fromDocx(await docxOf({ body: p(r('&constructor;')) }))).rejects.toThrow(
    'some of its XML cannot be read',
  );
});

test('what is nested beyond reason, or refers to itself, ends in a sentence or in a document', async () => {
  const deep = (tag: string, count: number): string => `<${tag}>`.repeat(count) + `</${tag}>`.repeat(count);
  await expect(fromDocx(await docxOf({ body: deep('w:tbl', 10_000) }))).rejects.toThrow('nested more than 500 levels');
  const { doc } = await read({
    footnotes: `<w:footnote w:id="1">${p(`${r('again ')}<w:r><w:footnoteReference w:id="1"/></w:r>`)}</w:footnote>`,
    body: p('<w:r><w:footnoteReference w:id="1"/><w:footnoteReference w:id="toString"/></w:r>'),
  });
  expect(doc.textContent).toBe('[1][2]again [1]');
});

test('what grows with its square elsewhere does not hold up whoever reads it', async () => {
  const many = 20_000;
  const each = (piece: (n: number) => string): string => Array.from({ length: many }, (_, n) => piece(n)).join('');
  const { doc } = await read({
    body:
      p(each((n) => `<w:r><w:footnoteReference w:id="${n}"/></w:r>`)) +
      p(each((n) => `<w:commentRangeStart w:id="${n}"/>`) + each(() => r('a'))) +
      p(each(() => '<w:r><w:fldChar w:fldCharType="begin"/></w:r>') + each(() => r('b'))) +
      each(() => '<w:p/>'),
  });
  expect(doc.childCount).toBe(3 + many + 2);
  await expect(read({ body: `<w:p ${each((n) => `xmlns:p${n}="u" `)}/>` })).rejects.toThrow(
    'some of its XML cannot be read',
  );
});

test('each element is looked at a few times at most, however deep drawings, boxes and mentions stand in each other', async () => {
  const levels = 90;
  const shapes = [
    ['<w:drawing>', r('x'), '</w:drawing>'],
    ['<w:drawing><a:x><w:txbxContent><w:p><w:r>', r('x'), '</w:r></w:p></w:txbxContent></a:x></w:drawing>'],
    ['<w:hyperlink r:id="m">', '<x:y/>', '</w:hyperlink>'],
  ] as const;
  for (const [open, leaf, close] of shapes) {
    const bytes = await docxOf({
      body: p(open.repeat(levels) + leaf.repeat(200) + close.repeat(levels)),
      relations: external('m', 'weft:person/ann'),
    });
    let [looks, elements] = [0, 0];
    const counted = (element: XmlElement): XmlElement => {
      const children = element.children.map((child) => (typeof child === 'string' ? child : counted(child)));
      elements++;
      return {
        ...element,
        get children() {
          looks++;
          return children;
        },
      };
    };
    const file = await openDocx(bytes);
    const { doc } = readDocx({ ...file, body: counted(file.body) });
    expect(doc.textContent).toBe(leaf === '<x:y/>' ? '@ann' : 'x'.repeat(200));
    expect(looks).toBeLessThan(20 * elements);
  }
});

test('prefixes that each element declares anew count as what it costs to know them', async () => {
  const many = Array.from({ length: 400 }, (_, n) => ` xmlns:p${n}="u"`).join('');
  const body = (count: number): string => `<w:p${many}>${'<w:r xmlns:q="u"><w:t>x</w:t></w:r>'.repeat(count)}</w:p>`;
  expect((await read({ body: body(100) })).doc.textContent).toHaveLength(100);
  await expect(read({ body: body(6000) })).rejects.toThrow('It holds more text than can be read at once.');
});

test('names of things that every object has are only names', async () => {
  const { doc } = await read({
    styles: '<w:style w:styleId="__proto__"><w:name w:val="constructor"/></w:style>',
    body: p(
      r('x', '<w:highlight w:val="toString"/><w:rStyle w:val="__proto__"/>'),
      '<w:pStyle w:val="__proto__"/><w:jc w:val="valueOf"/>',
    ),
  });
  expect(doc.textContent).toBe('x');
});

test('damage, other files and passwords are told in a sentence', async () => {
  const whole = await docxOf({ body: p(r('text')) });
  const cut = whole.slice(0, whole.length - 30);
  await expect(fromDocx(cut)).rejects.toThrow('It is damaged: it ends too early.');
  const flipped = whole.slice();
  const at = flipped.length - 200;
  for (let index = 100; index < at; index++) flipped[index]! ^= 0x55;
  await expect(fromDocx(flipped)).rejects.toThrow('It is damaged');
  await expect(fromDocx(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]))).rejects.toThrow(
    'of an earlier Word, or protected',
  );
  await expect(fromDocx(new TextEncoder().encode('plain text'))).rejects.toThrow('It is no .docx file.');
  await expect(fromDocx(await writeZip(new Map([['a.txt', 'a']])))).rejects.toThrow('It is no .docx file.');
  await expect(fromDocx(new Uint8Array())).rejects.toThrow('It is no .docx file.');
});

test('the instruction of a field is read once, however often it is said to end', async () => {
  const sign = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  const instruction = (words: string): string => `<w:r><w:instrText>${words}</w:instrText></w:r>`;
  const first = `${sign('begin')}${instruction('HYPERLINK "https://a.example/"')}${sign('separate')}${r('one')}`;
  const { doc } = await read({
    body: p(`${first}${instruction(' \\o "more"')}${sign('separate')}${r('two')}${sign('end')}`),
  });
  expect(doc.textContent).toBe('onetwo');
  expect(doc.firstChild!.lastChild!.marks[0]!.attrs).toEqual({ href: 'https://a.example/', title: null });
});
