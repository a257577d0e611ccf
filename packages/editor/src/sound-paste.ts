// What is pasted or dropped, with characters that text is made of (the model's sound-text.ts): nobody types others, but programs put them
// on the clipboard. Of what could not have been copied from a document, whatever it says of itself, the words are taken.

import { schema, soundNode } from '@weft/model';
import { Fragment, Slice } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';
import { isCoherent } from './coherent-slice.js';

export const soundPaste = (): Plugin =>
  new Plugin({
    props: {
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
