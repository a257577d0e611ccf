// What a text consists of, unit by unit as Yjs counts them. Yjs' own delta leaves out values that are no text, and tells an embedded
// string like any other: every place behind such a thing, which only somebody else's program writes, would be another one.

import * as Y from 'yjs';

export interface TextPart {
  /** Characters; else `value` is the one unit it is. */
  readonly text: string | null;
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>> | undefined;
}

export function partsOf(y: Y.XmlText): TextPart[] {
  const parts: TextPart[] = [];
  const format = new Map<string, unknown>();
  let text = '';
  const attributes = () => (format.size > 0 ? Object.fromEntries(format) : undefined);
  const endText = (): void => {
    if (text !== '') parts.push({ text, value: undefined, attributes: attributes() });
    text = '';
  };
  for (let item = y._start; item !== null; item = item.right) {
    const { content } = item;
    if (item.deleted) continue;
    if (content instanceof Y.ContentString) text += content.str;
    else if (content instanceof Y.ContentFormat) {
      endText();
      if (content.value === null) format.delete(content.key);
      else format.set(content.key, content.value);
    } else if (item.countable) {
      endText();
      for (const value of content.getContent()) parts.push({ text: null, value, attributes: attributes() });
    }
  }
  endText();
  return parts;
}

/** Deletes as many units as it is told: of a text Yjs deletes no values, and what follows them in their place. */
export function deleteUnits(y: Y.XmlText, index: number, length: number): void {
  for (let item = y._start; item !== null; item = item.right) {
    if (item.countable && !item.deleted && !deletedAsText.some((kind) => item.content instanceof kind)) {
      return Y.XmlFragment.prototype.delete.call(y, index, length);
    }
  }
  y.delete(index, length);
}

const deletedAsText = [Y.ContentString, Y.ContentEmbed, Y.ContentType] as const;
