import { describe, expect, test } from 'vitest';
import { atMoment, type ComparedBlock, comparedText } from './compared-text.js';

const edit = { by: 'u-ann', atMs: 1 };
const same = (type: string, depth: number, text = ''): ComparedBlock => ({
  type,
  depth,
  change: 'same',
  ...(text !== '' && { runs: [{ text, change: 'same' }] }),
});

/** What stands at each place, in words. */
const placesOf = (blocks: readonly ComparedBlock[]) => {
  const { doc, places } = comparedText(blocks);
  return places.map(({ block, run, from, to }) => {
    const at = run === null ? `${block}` : `${block}.${run}`;
    return `${at}: ${run === null ? doc.nodeAt(from)?.type.name : doc.textBetween(from, to, '|', '*')}`;
  });
};

describe('what two moments differ in, as one text', () => {
  test('holds what is there at either, and says where each run stands', () => {
    const blocks: ComparedBlock[] = [
      {
        type: 'heading',
        depth: 0,
        change: 'same',
        attributes: { level: 2 },
        runs: [
          { text: 'The ', change: 'same' },
          { text: 'short', change: 'deleted', edit },
          { text: 'long', change: 'inserted', edit, marks: { strong: {} } },
          { text: ' watch', change: 'same' },
        ],
      },
      same('paragraph', 0, 'Every keeper'),
    ];
    const { doc } = comparedText(blocks);
    expect(doc.toString()).toBe('doc(heading("The short", strong("long"), " watch"), paragraph("Every keeper"))');
    expect(doc.firstChild?.attrs.level).toBe(2);
    expect(placesOf(blocks)).toEqual([
      '0: heading',
      '0.0: The ',
      '0.1: short',
      '0.2: long',
      '0.3:  watch',
      '1: paragraph',
      '1.0: Every keeper',
    ]);
  });

  test('puts what is in a block into it', () => {
    const blocks = [
      same('bullet_list', 0),
      same('list_item', 1),
      same('paragraph', 2, 'oil'),
      same('list_item', 1),
      same('paragraph', 2, 'wicks'),
      same('paragraph', 0, 'after'),
    ];
    expect(comparedText(blocks).doc.toString()).toBe(
      'doc(bullet_list(list_item(paragraph("oil")), list_item(paragraph("wicks"))), paragraph("after"))',
    );
    expect(placesOf(blocks).filter((place) => place.includes('.'))).toEqual(['2.0: oil', '4.0: wicks', '5.0: after']);
  });

  test.each<[string, ComparedBlock[], string]>([
    [
      'a block that no editor of ours knows, under its name',
      [{ ...same('flow_chart', 0, 'steps'), attributes: { kind: 'x' } }, same('paragraph', 1, 'inner')],
      'doc(blockquote(paragraph("“flow chart”"), paragraph("steps"), paragraph("inner")))',
    ],
    [
      'attributes and marks that the schema refuses',
      [
        {
          type: 'heading',
          depth: 0,
          change: 'same',
          attributes: { level: 'x' },
          runs: [{ text: 'a', change: 'same', marks: { link: 4, glow: {}, 'em--AAAAAAAA': {} } }],
        },
      ],
      'doc(heading(link(em("a"))))',
    ],
    [
      'pictures and objects in the text',
      [
        {
          type: 'paragraph',
          depth: 0,
          change: 'same',
          runs: [
            { node: 'hard_break', change: 'same' },
            { node: 'toString', change: 'same' },
          ],
        },
      ],
      'doc(paragraph(hard_break, "[toString]"))',
    ],
    [
      'text where there is none',
      [same('horizontal_rule', 0, 'a'), same('table', 0, 'b')],
      'doc(horizontal_rule, paragraph("a"), table(paragraph("b")))',
    ],
    ['nothing', [], 'doc(paragraph)'],
    [
      'what stands where no schema has it',
      [same('list_item', 0), same('table_cell', 1), same('doc', 1, 'a')],
      'doc(list_item(table_cell, blockquote(paragraph("“doc”"), paragraph("a"))))',
    ],
  ])('shows %s', (_what, blocks, expected) => {
    expect(comparedText(blocks).doc.toString()).toBe(expected);
  });

  test('takes as many blocks as there are, wherever they stand', () => {
    const inner = Array.from({ length: 150_000 }, () => same('paragraph', 1));
    expect(comparedText([same('paragraph', 0), ...inner]).doc.childCount).toBe(150_001);
  });

  test('goes no deeper than one can read', () => {
    const deep = Array.from({ length: 3_000 }, (_, depth) => same('blockquote', depth));
    expect(() => comparedText([...deep, same('paragraph', 3_000, 'bottom')])).not.toThrow();
  });
});

describe('one of both moments', () => {
  const blocks: ComparedBlock[] = [
    {
      type: 'heading',
      depth: 0,
      change: 'same',
      attributes: { level: 2 },
      changed: [{ name: 'level', before: 1, after: 2, edit }],
      runs: [
        { text: 'old', change: 'deleted', edit },
        { text: 'new', change: 'inserted', edit },
        { text: ' bold', change: 'reformatted', edit, marks: { strong: {} }, marksBefore: {} },
      ],
    },
    { type: 'paragraph', depth: 0, change: 'deleted', edit, runs: [{ text: 'gone', change: 'deleted', edit }] },
  ];

  test.each([
    ['before', 1, 'doc(heading("old bold"), paragraph("gone"))'],
    ['after', 2, 'doc(heading("new", strong(" bold")))'],
  ] as const)('%s it', (side, level, expected) => {
    const { doc } = comparedText(atMoment(blocks, side));
    expect(doc.toString()).toBe(expected);
    expect(doc.firstChild?.attrs.level).toBe(level);
  });
});
