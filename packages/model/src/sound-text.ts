// The one rule of which characters text is made of, for every door. Half a surrogate pair is no character: it cannot be sent, and
// whoever wrote it would hold another text than everybody else. What XML 1.0 has no sign for, control characters mostly, is in
// no file that we read or write, and is not pasted. U+FFFD stands where either was, so that nobody takes it for nothing.

import type { Attrs, Mark, Node } from 'prosemirror-model';

/** With this flag it is halves alone. */
const half = /\p{Surrogate}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsound = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const REPLACED = 'Some control characters cannot be kept, and are shown as "\ufffd".';

/** As everybody will get it who hears of it. As long as it was. */
export const wellFormed = (text: string): string => text.replace(half, '\ufffd');

/** The same of every string in a value as Yjs holds them, names included; the very value where nothing is to be replaced. */
export function wellFormedValue<T>(value: T): T;
export function wellFormedValue(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => wellFormedValue(item));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([name, item]) => {
    const [goodName, good] = [wellFormed(name), wellFormedValue(item)];
    return { name: goodName, item: good, isSame: goodName === name && good === item };
  });
  return entries.every(({ isSame }) => isSame)
    ? value
    : Object.fromEntries(entries.map(({ name, item }) => [name, item]));
}

/** As it can stand in a file. As long as it was. */
export const soundText = (text: string): string => text.replace(unsound, '\ufffd');

export interface SoundDocument {
  readonly doc: Node;
  /** One sentence, if anything was replaced. */
  readonly warnings: readonly string[];
}

export function soundDocument(doc: Node): SoundDocument {
  const sound = soundNode(doc);
  return { doc: sound, warnings: sound === doc ? [] : [REPLACED] };
}

/** The node with all its text and attributes; the very object where nothing is to be replaced. */
export function soundNode(node: Node): Node {
  const marks = soundMarks(node.marks);
  if (node.isText) {
    const text = soundText(node.text!);
    return text === node.text && marks === node.marks ? node : node.type.schema.text(text, marks);
  }
  const attrs = soundAttrs(node.attrs);
  const children = node.children.map(soundNode);
  const isSound =
    attrs === node.attrs && marks === node.marks && children.every((child, at) => child === node.child(at));
  return isSound ? node : node.type.create(attrs, children, marks);
}

function soundMarks(marks: readonly Mark[]): readonly Mark[] {
  const sound = marks.map((mark) => {
    const attrs = soundAttrs(mark.attrs);
    return attrs === mark.attrs ? mark : mark.type.create(attrs);
  });
  return sound.every((mark, at) => mark === marks[at]) ? marks : sound;
}

function soundAttrs(attrs: Attrs): Attrs {
  const changed = Object.entries(attrs).flatMap(([name, value]) => {
    const sound = typeof value === 'string' ? soundText(value) : value;
    return sound === value ? [] : [[name, sound] as const];
  });
  return changed.length === 0 ? attrs : { ...attrs, ...Object.fromEntries(changed) };
}
