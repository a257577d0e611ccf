// What a Y.Doc shows, as one text: the same for two that show the same, however their items are cut and whatever is gone.

import * as Y from 'yjs';

export function structureOf(doc: Y.Doc): string {
  const roots = new Map([...doc.share].map(([name, type]) => [name, shown(type)]));
  return JSON.stringify(sorted(roots), (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

function shown(type: Y.Doc['share'] extends Map<string, infer Type> ? Type : never): unknown {
  const children: unknown[] = [];
  const formats = new Map<string, unknown>();
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    const { content } = item;
    // What a format does counts: a receiving Y.Doc takes those away that do nothing.
    if (!(content instanceof Y.ContentFormat))
      children.push(...contentOf(item).map((value) => [value, ...sorted(formats)]));
    else if (content.value === null) formats.delete(content.key);
    else formats.set(content.key, content.value);
  }
  const entries = [...type._map].filter(([, item]) => !item.deleted);
  return [children, sorted(new Map(entries.map(([key, item]) => [key, contentOf(item)])))];
}

const sorted = (entries: ReadonlyMap<string, unknown>): (readonly [string, unknown])[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

function contentOf({ content }: Y.Item): unknown[] {
  if (!(content instanceof Y.ContentType)) return content.getContent();
  const { type } = content;
  return [[type.constructor.name, type instanceof Y.XmlElement ? type.nodeName : '', shown(type)]];
}
