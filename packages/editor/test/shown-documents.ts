// For tests: documents as any program may write them, and the views that show them, which end with their test.

import type { Plugin } from 'prosemirror-state';
import { afterEach } from 'vitest';
import * as Y from 'yjs';
import { FRAGMENT_NAME } from '../src/binding.js';
import { HeadlessView } from './headless-view.js';

/** Once in a file of tests. @returns what shows a document until the end of the test */
export function showing(...plugins: readonly Plugin[]): (doc: Y.Doc, ...more: readonly Plugin[]) => HeadlessView {
  const views: HeadlessView[] = [];
  afterEach(() => {
    for (const view of views.splice(0)) view.destroy();
  });
  return (doc, ...more) => {
    const view = new HeadlessView(doc, [...plugins, ...more]);
    views.push(view);
    return view;
  };
}

/** Two documents that hear of each other's changes at once. */
export function twoDocs(): [Y.Doc, Y.Doc] {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  a.on('update', (update, origin) => origin !== 'peer' && Y.applyUpdate(b, update, 'peer'));
  b.on('update', (update, origin) => origin !== 'peer' && Y.applyUpdate(a, update, 'peer'));
  return [a, b];
}

export const root = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment(FRAGMENT_NAME);

type Child = Y.XmlElement | Y.XmlText;

/** @param parts  its children, and its attributes as plain objects */
export function element(name: string, ...parts: readonly (Child | Readonly<Record<string, unknown>>)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  const isChild = (part: Child | object): part is Child => part instanceof Y.AbstractType;
  for (const [key, value] of parts.flatMap((part) => (isChild(part) ? [] : Object.entries(part)))) {
    made.setAttribute(key, value as string);
  }
  made.insert(0, parts.filter(isChild));
  return made;
}

export const paragraph = (text: string, attrs: Readonly<Record<string, unknown>> = {}): Y.XmlElement =>
  element('paragraph', attrs, new Y.XmlText(text));
