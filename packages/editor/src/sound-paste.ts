// What is pasted or dropped, with characters that text is made of (the model's sound-text.ts): nobody types others, but programs put them
// on the clipboard.

import { soundNode } from '@weft/model';
import { Fragment, Slice } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';

export const soundPaste = (): Plugin =>
  new Plugin({
    props: {
      // Word ends the lines of a paragraph so.
      transformPastedText: (text) => text.replace(/[\v\f]/g, '\n'),
      transformPasted: ({ content, openStart, openEnd }) =>
        new Slice(Fragment.fromArray(content.content.map(soundNode)), openStart, openEnd),
    },
  });
