// Text that is pasted and looks like Markdown becomes what it says. It is put in as it is, and read in a second step: undo brings
// back the text as it was copied. With Shift, or in code, it stays text.

import { soundNode } from '@weft/model';
import { type Node, Slice } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { withLinks } from './typed-links.js';
import { asOwnStep } from './undo.js';

/** What nobody writes but in Markdown. One is enough. */
const signs = [
  /^#{1,6} \S/m,
  /^(?:```|~~~)[\w-]*[ \t]*$/m,
  /^[ \t]*[-*+] \[[ xX]\] /m,
  /^\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)+\|?[ \t]*$/m,
  /^[ \t]*[-*+] \S.*\n[ \t]*[-*+] \S/m,
  /^[ \t]*1[.)] \S.*\n[ \t]*2[.)] \S/m,
  /^> \S/m,
  /(?:^|[\s(])\*\*[^\s*][^*\n]{0,500}\*\*(?=[\s.,;:!?)]|$)/m,
  /\[[^\]\n]{1,500}\]\((?:https?:\/\/|mailto:|\/)[^)\s]{1,2000}\)/,
  /(?:^|\s)`[^`\n]{1,500}`(?=[\s.,;:!?)]|$)/m,
];
/** Reading more takes a while, and what is that long is somebody's log. */
const MAX_LENGTH = 500_000;

export const looksLikeMarkdown = (text: string): boolean =>
  text.length <= MAX_LENGTH && signs.some((sign) => sign.test(text));

/** @param read  rejects or throws when it cannot: then the text stays */
export function markdownPaste(read: (text: string) => Promise<Node>): Plugin {
  let isPlain = false;
  const paste = (view: EditorView, text: string, doc: Node | null): void => {
    if (view.isDestroyed || !view.editable) return;
    const { from } = view.state.selection;
    const sizeAfter = view.state.doc.content.size - view.state.selection.to;
    isPlain = true;
    try {
      view.pasteText(text);
    } finally {
      isPlain = false;
    }
    const to = view.state.doc.content.size - sizeAfter;
    if (doc === null || to <= from) return;
    const { tr } = view.state;
    tr.replaceRange(from, to, sliceOf(doc));
    view.dispatch(asOwnStep(tr).scrollIntoView());
  };
  return new Plugin({
    props: {
      handlePaste: (view, event) => {
        const text = event.clipboardData?.getData('text/plain') ?? '';
        const isText = text !== '' && !event.clipboardData?.types.includes('text/html');
        const isShift = (view as unknown as { input?: { shiftKey?: boolean } }).input?.shiftKey === true;
        const isCode = view.state.selection.$from.parent.type.spec.code === true;
        if (isPlain || !isText || isShift || isCode || !looksLikeMarkdown(text)) return false;
        read(text).then(
          (doc) => paste(view, text, doc),
          () => paste(view, text, null),
        );
        return true;
      },
    },
  });
}

/** What begins or ends with a line of text goes into the line it is put in. */
function sliceOf(doc: Node): Slice {
  const content = withLinks(soundNode(doc).content);
  const isLine = (node: Node | null | undefined): boolean => node?.type.name === 'paragraph';
  return new Slice(content, isLine(content.firstChild) ? 1 : 0, isLine(content.lastChild) ? 1 : 0);
}
