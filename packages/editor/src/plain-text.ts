// The text of a Y.Doc as plain text, whatever schema it was written with: for copying what could not be saved.

import * as Y from 'yjs';
import { FRAGMENT_NAME } from './binding.js';

export function plainText(doc: Y.Doc): string {
  const lines: string[] = [];
  let isOpen = false;
  const add = (text: string, marker: string): void => {
    if (isOpen) lines[lines.length - 1] += text;
    else lines.push(marker + text);
    isOpen = true;
  };
  const visit = (type: Y.XmlFragment | Y.XmlElement, marker: string): void => {
    for (const [index, child] of type.toArray().entries()) {
      if (child instanceof Y.XmlText) {
        add(
          child.toDelta().reduce((all: string, { insert }: { insert: unknown }) => `${all}${String(insert)}`, ''),
          marker,
        );
      } else if (child instanceof Y.XmlElement && child.nodeName === 'hard_break') {
        if (isOpen) lines[lines.length - 1] += '\n';
      } else if (child instanceof Y.XmlElement && /_mention$/.test(child.nodeName)) {
        add(child.getAttribute('label') || child.getAttribute('id') || '', marker);
      } else if (child instanceof Y.XmlElement) {
        isOpen = false;
        visit(child, index === 0 ? marker + markerOf(child, type, index) : markerOf(child, type, index));
        isOpen = false;
      }
    }
  };
  visit(doc.getXmlFragment(FRAGMENT_NAME), '');
  return lines.join('\n\n').replace(/\n\n(?=(?:- |\d+\. |\[[x ]\] ))/g, '\n');
}

function markerOf(child: Y.XmlElement, parent: Y.XmlFragment, index: number): string {
  if (child.nodeName === 'task_item') return (child.getAttribute('checked') as unknown) === true ? '[x] ' : '[ ] ';
  if (child.nodeName !== 'list_item') return '';
  const isOrdered = parent instanceof Y.XmlElement && parent.nodeName === 'ordered_list';
  return isOrdered ? `${index + 1}. ` : '- ';
}
