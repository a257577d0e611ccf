// I12: what this editor does not understand is shown as a placeholder, edited around, and never changed.

import { schema } from '@weft/model';
import { NodeRange } from 'prosemirror-model';
import { AllSelection, NodeSelection } from 'prosemirror-state';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { HeadlessView } from '../test/headless-view.js';
import { element, paragraph, root, showing } from '../test/shown-documents.js';

const show = showing();

/** A document of a newer Weft, and what of it must stay as it is. */
function newer(): Y.Doc {
  const doc = new Y.Doc();
  const text = new Y.XmlText('plain glowing');
  root(doc).push([
    paragraph('first', { mood: 'calm', align: 7 }),
    element('flow_chart', { kind: 3 }, element('step', {}, new Y.XmlText('do it')), element('arrow', { to: [1] })),
    element('paragraph', {}, text),
    element('heading', { level: 'two' }, new Y.XmlText('Head')),
    element('bullet_list', {}, element('list_item', {}, paragraph('item')), element('poll', {})),
  ]);
  text.format(6, 7, { glow: { by: 2 } });
  text.insertEmbed(5, { video: 1 });
  return doc;
}

/** The block at a position is moved into a quote. */
function quote({ state, dispatch }: HeadlessView, position: number): void {
  dispatch(state.tr.wrap(state.doc.resolve(position).blockRange()!, [{ type: schema.nodes.blockquote }]));
}

test('everything is shown: what is known as itself, the rest as placeholders with their text', () => {
  const view = show(newer());
  expect(view.text).toBe(
    'doc(paragraph("first"), unknown_block, paragraph("plain", unknown_inline, " ", unknown_mark("glowing")), ' +
      'heading("Head"), unknown_block)',
  );
  view.state.doc.check();
  const [, chart, , heading, list] = view.state.doc.children;
  expect(chart!.attrs.name).toBe('flow_chart');
  expect(chart!.type.spec.leafText!(chart!)).toBe('do it');
  expect(heading!.attrs.level).toBe(1);
  expect(list!.type.spec.leafText!(list!)).toBe('item');
});

test('an older editor opens it, types elsewhere and closes: the unknown parts are the same items as before', () => {
  const doc = newer();
  const before = Y.encodeStateAsUpdate(doc);
  const view = show(doc);
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  const wasThere = root(doc).toArray();
  const chart = JSON.stringify(root(doc).get(1).toString());
  view.select(6).type(' line').select(3).dispatch(view.state.tr.split(3));
  view.destroy();
  expect(
    root(doc)
      .toArray()
      .filter((y) => wasThere.includes(y)),
  ).toHaveLength(5);
  const deleted = Y.snapshot(doc).ds.clients.get(doc.clientID) ?? [];
  // Nothing was deleted but the tail of the one paragraph that was split.
  expect(deleted.reduce((sum, { len }) => sum + len, 0)).toBe('rst line'.length);
  expect(JSON.stringify(root(doc).get(2).toString())).toBe(chart);
  expect(root(doc).get(3).toString()).toContain('<glow by="2">glowing</glow>');
  expect((root(doc).get(4) as Y.XmlElement).getAttribute('level')).toBe('two');
});

test('unknown attributes go where their block goes, and stay when a known one is set', () => {
  const doc = newer();
  const view = show(doc);
  view.dispatch(view.state.tr.split(3));
  const halves = root(doc).toArray().slice(0, 2) as Y.XmlElement[];
  for (const half of halves) expect(half.getAttributes()).toMatchObject({ mood: 'calm', align: 7 });
  view.dispatch(view.state.tr.setNodeAttribute(0, 'dir', 'rtl'));
  expect(halves[0]!.getAttributes()).toEqual({ mood: 'calm', align: 7, dir: 'rtl' });
  quote(view, 1);
  const moved = (root(doc).get(0) as Y.XmlElement).get(0) as Y.XmlElement;
  expect(moved.getAttributes()).toEqual({ mood: 'calm', align: 7, dir: 'rtl' });
});

test('a block that is deleted and another that is divided, at once: both halves have what that had (seed 367)', () => {
  const doc = new Y.Doc();
  root(doc).push([paragraph('x'), paragraph('first', { mood: 'calm' })]);
  const view = show(doc);
  view.dispatch(view.state.tr.delete(0, 3).split(3));
  quote(view, 5);
  expect(root(doc).toString()).toBe(
    '<paragraph mood="calm">fi</paragraph><blockquote><paragraph mood="calm">rst</paragraph></blockquote>',
  );
});

test('of the halves of a block each has what others set on it', () => {
  const doc = new Y.Doc();
  root(doc).push([paragraph('first', { mood: 'calm' })]);
  const view = show(doc);
  view.dispatch(view.state.tr.split(3));
  doc.transact(() => (root(doc).get(0) as Y.XmlElement).setAttribute('mood', 'merry'), 'elsewhere');
  quote(view, 5);
  expect(root(doc).toString()).toBe(
    '<paragraph mood="merry">fi</paragraph><blockquote><paragraph mood="calm">rst</paragraph></blockquote>',
  );
});

test('an unknown attribute that somebody sets on a block that was made here goes along as well', () => {
  const doc = new Y.Doc();
  const view = show(doc);
  const { bullet_list, list_item, paragraph: line } = schema.nodes;
  const items = ['item', ''].map((text) => list_item.create(null, line.create(null, text ? schema.text(text) : null)));
  view.dispatch(view.state.tr.replaceWith(0, 2, bullet_list.create(null, items)));
  const list = root(doc).get(0) as Y.XmlElement;
  for (const y of [list, list.get(1) as Y.XmlElement, (list.get(1) as Y.XmlElement).get(0) as Y.XmlElement])
    doc.transact(() => y.setAttribute('mood', 'calm'), 'elsewhere');
  const range = new NodeRange(view.state.doc.resolve(1), view.state.doc.resolve(2), 0);
  view.dispatch(view.state.tr.wrap(range, [{ type: schema.nodes.blockquote }]));
  expect(root(doc).toString()).toBe(
    '<blockquote><bullet_list mood="calm"><list_item><paragraph>item</paragraph></list_item>' +
      '<list_item mood="calm"><paragraph mood="calm"></paragraph></list_item></bullet_list></blockquote>',
  );
});

test('text around and within an unknown mark is edited, and the mark stays on the rest', () => {
  const doc = newer();
  const view = show(doc);
  const start = 8 + 1 + 'plain* '.length;
  expect(view.state.doc.textBetween(start, start + 7)).toBe('glowing');
  view
    .select(start)
    .type('not ')
    .select(start + 6)
    .type('-');
  expect(root(doc).get(2).toString()).toContain('plain[object Object] not <glow by="2">gl-owing</glow>');
  view.dispatch(view.state.tr.addMark(start + 4, start + 6, schema.marks.strong.create()));
  expect(root(doc).get(2).toString()).toContain('<glow by="2"><strong>gl</strong></glow><glow by="2">-owing</glow>');
});

test('a placeholder is deleted as a whole when somebody means to, and undo brings all of it back', () => {
  const doc = newer();
  const view = show(doc);
  const before = root(doc).get(1).toString();
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, 7)).deleteSelection());
  expect(root(doc).toString()).not.toContain('flow_chart');
  view.undo();
  expect(root(doc).get(1).toString()).toBe(before);
  view.undoManager.stopCapturing();
  view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)).deleteSelection());
  expect(root(doc).toString()).not.toContain('poll');
  const whole = root(newer()).toString();
  view.undo();
  expect(root(doc).toString()).toBe(whole);
});

test('a placeholder that is moved or pasted becomes what it stands for again', () => {
  const doc = newer();
  const view = show(doc);
  const before = root(doc).get(1).toString();
  const chart = view.state.doc.child(1);
  view.dispatch(view.state.tr.insert(0, schema.nodeFromJSON(JSON.parse(JSON.stringify(chart.toJSON())))));
  expect(root(doc).get(0).toString()).toBe(before);
  const video = view.state.doc.child(3).child(1);
  view.dispatch(view.state.tr.insert(2, video));
  expect(view.state.doc.child(1).child(0).attrs).toEqual(video.attrs);
  expect((root(doc).get(1) as Y.XmlElement).get(0)).toMatchObject({ length: 1 });
});

test('what others do to an unknown block is shown, and lets the rest be', () => {
  const doc = newer();
  const view = show(doc).select(2);
  view.applied.length = 0;
  const step = (root(doc).get(1) as Y.XmlElement).get(0) as Y.XmlElement;
  (step.get(0) as Y.XmlText).insert(0, 'now ');
  const chart = view.state.doc.child(1);
  expect(chart.type.spec.leafText!(chart)).toBe('now do it');
  expect(view.applied.map((tr) => tr.steps.map((made) => made.toJSON().pos))).toEqual([[7]]);
  (root(doc).get(4) as Y.XmlElement).delete(1, 1);
  expect(view.text).toContain('bullet_list(list_item(paragraph("item")))');
  expect(view.state.selection.head).toBe(2);
});

test('a document that says it needs a newer editor is shown live, and takes no change here', () => {
  const doc = newer();
  const view = show(doc).select(6);
  expect(view.readOnlyReason).toBeNull();
  view.type('!');
  doc.getMap('weft').set('schema', 2);
  expect(view.readOnlyReason).toMatch(/newer Weft/);
  view.type('?');
  expect(root(doc).get(0).toString()).toContain('first!<');
  (root(doc).get(3) as Y.XmlElement).insert(1, [new Y.XmlText('er')]);
  expect(view.text).toContain('heading("Header")');
});

test('names that every object has are unknown, and nothing more', () => {
  const doc = new Y.Doc();
  const text = new Y.XmlText('x');
  root(doc).push([
    element('constructor', {}),
    element('unknown_block', {}),
    element('paragraph', { valueOf: 1 }, text),
  ]);
  text.format(0, 1, JSON.parse(`{"constructor":{},"unknown_mark":{}}`));
  const view = show(doc);
  expect(view.text).toBe('doc(unknown_block, unknown_block, paragraph(unknown_mark(unknown_mark("x"))))');
});
