// Text that is pasted and looks like Markdown becomes what it says. It is put in at once as it is, and read in a second step, which
// may come late: undo brings back the text as it was copied. With Shift, or in code, it stays text; so does what was changed meanwhile.

import { soundNode } from '@weft/model';
import { type Node, Slice } from 'prosemirror-model';
import { type EditorState, Plugin, type Selection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { boundState } from './origin.js';
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
  /\[[^[\]\n]{1,500}\]\((?:https?:\/\/|mailto:|\/)[^)\s]{1,2000}\)/,
  /(?:^|\s)`[^`\n]{1,500}`(?=[\s.,;:!?)]|$)/m,
];
/** Reading more takes a while, and what is that long is somebody's log. */
const MAX_LENGTH = 500_000;

export const looksLikeMarkdown = (text: string): boolean =>
  text.length <= MAX_LENGTH && signs.some((sign) => sign.test(text));

/** @throws  when it cannot: then the text stays */
export type ReadMarkdown = (text: string) => Node;

/** @param withReader  calls back once what reads Markdown is there; until then, and when it never is, the text stays */
export function markdownPaste(withReader: (then: (read: ReadMarkdown) => void) => void): Plugin {
  let isPlain = false;
  const paste = (view: EditorView, text: string): void => {
    const { from } = view.state.selection;
    const sizeAfter = view.state.doc.content.size - view.state.selection.to;
    isPlain = true;
    try {
      view.pasteText(text);
    } finally {
      isPlain = false;
    }
    const pasted = notePasted(view.state, from, view.state.doc.content.size - sizeAfter);
    if (pasted) withReader((read) => become(view, text, pasted, read));
  };
  return new Plugin({
    props: {
      handlePaste: (view, event) => {
        const text = event.clipboardData?.getData('text/plain') ?? '';
        const isText = text !== '' && !event.clipboardData?.types.includes('text/html');
        const isShift = (view as unknown as { input?: { shiftKey?: boolean } }).input?.shiftKey === true;
        const isCode = view.state.selection.$from.parent.type.spec.code === true;
        if (isPlain || !isText || isShift || isCode || !looksLikeMarkdown(text)) return false;
        paste(view, text);
        return true;
      },
    },
  });
}

interface Pasted {
  /** As it was put in. */
  readonly content: Slice;
  readonly start: Y.RelativePosition;
  /** Before the last of it: what is typed behind it is none of it. */
  readonly last: Y.RelativePosition;
  readonly selection: Selection;
}

function notePasted(state: EditorState, from: number, to: number): Pasted | null {
  const bound = boundState(state);
  if (!bound || to <= from) return null;
  const [start, last] = [bound.toRelative(from), bound.toRelative(to - 1)];
  return { content: state.doc.slice(from, to), start, last, selection: state.selection };
}

/** Where it is; null when it was changed, or is nowhere. */
function findPasted({ content, start, last }: Pasted, state: EditorState): { from: number; to: number } | null {
  const [from, before] = [start, last].map((place) => boundState(state)?.toAbsolute(place) ?? null);
  if (from == null || before == null || before < from || before >= state.doc.content.size) return null;
  const to = before + 1;
  return state.doc.slice(from, to).eq(content) ? { from, to } : null;
}

function become(view: EditorView, text: string, pasted: Pasted, read: ReadMarkdown): void {
  if (view.composing) {
    // Changing the text would end what is being composed.
    view.dom.addEventListener('compositionend', () => setTimeout(() => become(view, text, pasted, read)), {
      once: true,
    });
    return;
  }
  const place = view.isDestroyed || !view.editable ? null : findPasted(pasted, view.state);
  const slice = place && sliceOf(text, read);
  if (!slice) return;
  const isStillThere = view.state.selection.eq(pasted.selection);
  const tr = asOwnStep(view.state.tr.replaceRange(place.from, place.to, slice));
  view.dispatch(isStillThere ? tr.scrollIntoView() : tr);
}

/** What begins or ends with a line of text goes into the line it is put in. Null when it cannot be read. */
function sliceOf(text: string, read: ReadMarkdown): Slice | null {
  let doc: Node;
  try {
    doc = read(text);
  } catch (error) {
    console.warn(error);
    return null;
  }
  const content = withLinks(soundNode(doc).content);
  const isLine = (node: Node | null | undefined): boolean => node?.type.name === 'paragraph';
  return new Slice(content, isLine(content.firstChild) ? 1 : 0, isLine(content.lastChild) ? 1 : 0);
}
