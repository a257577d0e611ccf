// Markup as Word 2016 puts it on the clipboard, shortened: of the shape of the samples that ckeditor/ckeditor5 keeps
// (packages/ckeditor5-paste-from-office/tests/_data/list/nested-mixed/input.word2016.html).

import { schema } from '@weft/model';
import { DOMParser } from 'prosemirror-model';
import { expect, test } from 'vitest';
import { parseInNode } from '../../model/test/parse-html.js';
import { makeLists } from './word-lists.js';

const marker = (text: string): string =>
  `<![if !supportLists]><span style='mso-list:Ignore'>${text}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>`;
const item = (text: string, sign: string, level = 1, list = 0): string =>
  `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l${list} level${level} lfo1'>${marker(sign)}<span lang=EN-GB>${text}<o:p></o:p></span></p>\n`;

function read(html: string): string {
  const body = parseInNode(html);
  makeLists(body);
  return DOMParser.fromSchema(schema).parse(body).toString();
}

test('paragraphs that look like a list become one, with what is within it', () => {
  const list = item('oil', '·') + item('of whales', 'o', 2) + item('of rape', 'o', 2) + item('wicks', '·');
  expect(read(`<p class=MsoNormal>Bring<o:p></o:p></p>${list}<p class=MsoNormal>today</p>`)).toBe(
    'doc(paragraph("Bring"), bullet_list(list_item(paragraph("oil"), bullet_list(list_item(paragraph("of whales")), ' +
      'list_item(paragraph("of rape")))), list_item(paragraph("wicks"))), paragraph("today"))',
  );
});

test('numbers and letters make a numbered list, which goes on where it began', () => {
  const body = parseInNode(item('trim', '3.') + item('light', '4.') + item('lamps', 'a)', 2));
  makeLists(body);
  const doc = DOMParser.fromSchema(schema).parse(body);
  expect(doc.toString()).toBe(
    'doc(ordered_list(list_item(paragraph("trim")), list_item(paragraph("light"), ordered_list(list_item(paragraph("lamps"))))))',
  );
  expect(doc.firstChild?.attrs).toMatchObject({ order: 3 });
});

test('lists with text between them, and lists of another kind, are lists of their own', () => {
  expect(read(`${item('a', '·')}<p>between</p>${item('b', '·')}${item('c', '1.', 1, 1)}`)).toBe(
    'doc(bullet_list(list_item(paragraph("a"))), paragraph("between"), bullet_list(list_item(paragraph("b"))), ordered_list(list_item(paragraph("c"))))',
  );
});
