// Which types in Yjs are more than their letters (pictures, mentions, all that this schema does not know, I12), and the same once
// more of one that was deleted as it came: what bring-whole.ts writes.

import { schema } from '@weft/model';
import * as Y from 'yjs';
import { type BlockType, typeOf } from './mirror.js';
import { typeNamed } from './read-fragment.js';

const { figure, hard_break: hardBreak } = schema.nodes;

/** The type behind an item, if its letters would not say what it is. */
export function moreThanText(item: Y.Item): Y.XmlElement | null {
  const y = typeOf(item);
  if (!(y instanceof Y.XmlElement)) return null;
  const type = typeNamed(y.nodeName);
  return type === null || type === figure || (type.isInline && type !== hardBreak) ? y : null;
}

/** Whether it stands among text, and needs some around it wherever else it goes. */
export function standsInText(y: Y.XmlElement): boolean {
  const { parent } = y._item!;
  const around = parent instanceof Y.XmlElement ? typeNamed(parent.nodeName) : null;
  return typeNamed(y.nodeName)?.isInline === true || around?.inlineContent === true;
}

/** Whether something is in what is more than text, and came with it. */
export function isPartOfMore(item: Y.Item, transaction: Y.Transaction): boolean {
  const around = (item.parent as Y.AbstractType<unknown>)._item;
  if (!around || around.id.clock < (transaction.beforeState.get(around.id.client) ?? 0)) return false;
  return moreThanText(around) !== null || isPartOfMore(around, transaction);
}

/** The same once more, of something that was deleted as it came, before Yjs collects it. */
export function copyOf<T extends BlockType>(y: T): T {
  if (y instanceof Y.XmlText) {
    const text = new Y.XmlText();
    text.applyDelta(deltaOf(y));
    return text as BlockType as T;
  }
  if (!(y instanceof Y.XmlElement)) return y.clone() as T;
  const element = new Y.XmlElement(y.nodeName);
  for (const [name, item] of y._map) element.setAttribute(name, item.content.getContent().at(-1) as string);
  const children: (Y.XmlElement | Y.XmlText)[] = [];
  for (let item = y._start; item !== null; item = item.right) {
    const child = typeOf(item);
    if (child !== null) children.push(copyOf(child as Y.XmlElement | Y.XmlText));
  }
  element.insert(0, children);
  return element as BlockType as T;
}

interface Run {
  readonly insert: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function deltaOf(y: Y.XmlText): Run[] {
  const runs: Run[] = [];
  const format = new Map<string, unknown>();
  for (let item = y._start; item !== null; item = item.right) {
    const { content } = item;
    if (content instanceof Y.ContentFormat) {
      if (content.value === null) format.delete(content.key);
      else format.set(content.key, content.value);
      continue;
    }
    const type = typeOf(item);
    const values = type ? [copyOf(type)] : content instanceof Y.ContentString ? [content.str] : content.getContent();
    for (const insert of values) runs.push({ insert, attributes: Object.fromEntries(format) });
  }
  return runs;
}
