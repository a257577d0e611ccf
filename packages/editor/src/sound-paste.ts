// What is pasted or dropped, with characters that text is made of (the model's sound-text.ts): nobody types others, but programs put them
// on the clipboard. Of what could not have been copied from a document, whatever it says of itself, the words are taken.

import { readStyles, schema, soundNode } from '@weft/model';
import { DOMParser, Fragment, type ParseOptions, Slice } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';
import { isCoherent } from './coherent-slice.js';

class ClipboardParser extends DOMParser {
  override parseSlice(dom: ParentNode & globalThis.Node, options?: ParseOptions): Slice {
    readStyles(dom);
    tidyDocs(dom);
    return super.parseSlice(dom, options);
  }
}

/** What Google Docs puts on the clipboard: links underlined as it shows them, and an empty line as a break between two blocks. */
function tidyDocs(page: ParentNode): void {
  const copied = page.querySelector('[id^="docs-internal-guid-"]');
  if (!copied) return;
  for (const within of copied.querySelectorAll<HTMLElement>('a [style]')) within.style.textDecoration = '';
  for (const line of copied.querySelectorAll(':scope > br')) line.replaceWith(line.ownerDocument.createElement('p'));
}

export const soundPaste = (): Plugin =>
  new Plugin({
    props: {
      clipboardParser: new ClipboardParser(schema, DOMParser.fromSchema(schema).rules),
      // Word ends the lines of a paragraph so.
      transformPastedText: (text) => text.replace(/[\v\f]/g, '\n'),
      transformPasted: ({ content, openStart, openEnd }) => {
        const sound = new Slice(Fragment.fromArray(content.content.map(soundNode)), openStart, openEnd);
        return isCoherent(sound) ? sound : words(sound);
      },
    },
  });

function words({ content }: Slice): Slice {
  const lines = content.textBetween(0, content.size, '\n').split('\n');
  const blocks = lines.map((line) => schema.node('paragraph', null, line === '' ? [] : [schema.text(line)]));
  return new Slice(Fragment.fromArray(blocks), 1, 1);
}
