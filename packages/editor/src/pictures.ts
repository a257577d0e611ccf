// Pictures that come into a text: pasted, dropped, chosen, or within what is pasted. Each goes to the server first, and has a place that
// waits meanwhile; the bytes of none are ever part of the document. Loaded when somebody may bring one.

import { safeImageSource, schema } from '@weft/model';
import { Fragment, type Node, Slice } from 'prosemirror-model';
import { type EditorState, NodeSelection, Plugin, TextSelection, type Transaction } from 'prosemirror-state';
import { dropPoint } from 'prosemirror-transform';
import type { EditorProps, EditorView } from 'prosemirror-view';
import type { Editor } from './editor.js';
import { type ArrivingPicture, type PastedPictures, readPastedHtml } from './pasted-pictures.js';
import { pictureKeys } from './picture-keys.js';
import { type PictureHost, pictureViews, selectPressed } from './picture-views.js';
import { isFigure, selectedPicture } from './selected-picture.js';
import { asOwnStep } from './undo.js';
import { addPlaces, blockPlace, fillPlace, type WaitingPlace, waitingPlaces } from './waiting-places.js';

export type { ArrivingPicture } from './pasted-pictures.js';
export type { DrawnPicture } from './picture-views.js';
export { removePlace } from './waiting-places.js';

const { nodes, marks } = schema;
const anyFigure = new Slice(Fragment.from(nodes.figure.create()), 0, 0);

export interface Arrivals {
  /** Begins to bring it to the server. @returns what stands for it until it is there */
  begin(arriving: ArrivingPicture): Pick<WaitingPlace, 'id' | 'dom'>;
  /** How to get at a picture that belongs to another document; null when it is none of those. */
  copyOf(src: string): (() => Promise<File>) | null;
  /** So many pictures of what was pasted cannot be had. */
  lost(count: number): void;
}

/** From now on pictures are drawn by the host, and taken in. */
export function usePictures(editor: Editor, host: PictureHost, arrivals: Arrivals): void {
  const part = { ...waitingPlaces, drawPicture: pictureViews(host) };
  editor.use([new Plugin({ props: pictureInput(arrivals) })], part);
}

/** What is pasted into a text, and dropped on it. */
function pictureInput(arrivals: Arrivals): EditorProps {
  /** Of the paste or drop that is under way. */
  let pasted: PastedPictures | null = null;
  let isFileHeld = false;

  /** Puts in what has pictures to be fetched, with places for these. */
  const insert = (view: EditorView, slice: Slice, put: (tr: Transaction) => Transaction): boolean => {
    const coming = pasted;
    pasted = null;
    if (coming === null) return false;
    if (coming.lost > 0) arrivals.lost(coming.lost);
    if (!coming.isIn(slice)) return false;
    const tr = put(view.state.tr);
    const places = coming.takeFrom(tr).map(({ arriving, ...at }) => ({ ...arrivals.begin(arriving), ...at }));
    view.dispatch(addPlaces(tr, places).scrollIntoView());
    return true;
  };

  return {
    transformPastedHTML: (html) => {
      pasted = readPastedHtml(html, (src) => arrivals.copyOf(src));
      return pasted?.html ?? html;
    },
    handlePaste: (view, event, slice) => {
      const files = takeFiles(event.clipboardData);
      if (files.length > 0) {
        pasted = null;
        bringFiles(view, files, arrivals);
        return true;
      }
      return insert(view, slice, (tr) => tr.replaceSelection(slice).setMeta('paste', true).setMeta('uiEvent', 'paste'));
    },
    handleDrop: (view, event, slice, isMoved) => {
      const isFileDrop = isFileHeld;
      isFileHeld = false;
      const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos;
      if (at === undefined || (isMoved && !isFileDrop)) return false;
      const files = takeFiles(event.dataTransfer);
      if (files.length > 0) {
        pasted = null;
        bringFiles(view, files, arrivals, dropPoint(view.state.doc, at, anyFigure) ?? at);
        view.focus();
        return true;
      }
      return insert(view, slice, (tr) => {
        const place = dropPoint(tr.doc, at, slice) ?? at;
        return tr.replaceRange(place, place, slice).setMeta('uiEvent', 'drop');
      });
    },
    handleKeyDown: pictureKeys,
    handleClickOn: pressedOn,
    // Else the second press leaves it to the browser what is selected then, and the third selects the caption.
    handleDoubleClickOn: pressedOn,
    handleTripleClickOn: pressedOn,
    handleDOMEvents: {
      // Before the button is let go, so that it can be dragged at once.
      mousedown: (view, event) => {
        selectPressed(view, event);
        return false;
      },
      // Files that are held over a text show where they would be put, as something dragged within it does.
      dragover: (view, event) => {
        const types = event.dataTransfer?.types ?? [];
        if (!view.editable || view.dragging || !types.includes('Files') || types.includes('text/html')) return false;
        isFileHeld = true;
        view.dragging = { slice: anyFigure, move: false };
        return false;
      },
      dragleave: (view, event) => {
        if (isFileHeld && !view.dom.contains(event.relatedTarget as globalThis.Node | null)) {
          isFileHeld = false;
          view.dragging = null;
        }
        return false;
      },
    },
  };
}

const pressedOn: NonNullable<EditorProps['handleClickOn']> = (view, _position, node, _at, event) =>
  isFigure(node) && selectPressed(view, event);

/** Of a clipboard or a drop: unless they are another form of a text that is there as well, as office programs have it. */
function takeFiles(data: DataTransfer | null): File[] {
  const files = [...(data?.files ?? [])];
  const html = files.length > 0 ? (data?.getData('text/html') ?? '') : '';
  if (html === '') return files;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  const isText =
    body.textContent.trim() !== '' || body.querySelector('[data-weft-image], [data-pm-slice], table') !== null;
  return isText ? [] : files;
}

/** @param position  where they are wanted; default: at the caret. Text that is selected stays. */
export function bringFiles(view: EditorView, files: readonly File[], arrivals: Arrivals, position?: number): void {
  const at = blockPlace(view.state.doc, position ?? placeAtSelection(view.state));
  const places = files.map((file) => {
    const arriving = { name: file.name, alt: null, file: () => Promise.resolve(file) };
    return { ...arrivals.begin(arriving), position: at };
  });
  view.dispatch(addPlaces(view.state.tr, places));
}

function placeAtSelection({ selection }: EditorState): number {
  return selection instanceof NodeSelection ? selection.to : selection.$head.pos;
}

/** Brings another in the place of the picture that is selected, whose words stay. */
export function bringInstead(view: EditorView, file: File, arrivals: Arrivals): void {
  const picture = selectedPicture(view.state);
  if (!picture) return;
  const place = arrivals.begin({ name: file.name, alt: null, file: () => Promise.resolve(file) });
  const position = picture.isFigure ? picture.position + 1 : picture.position;
  view.dispatch(addPlaces(view.state.tr, [{ ...place, position, isReplacement: true }]));
}

/** What was waited for is on the server. @returns whether it is in the text now */
export function placePicture(
  view: EditorView,
  id: string,
  picture: { readonly src: string; readonly alt: string | null },
): boolean {
  if (safeImageSource(picture.src) === null) return false;
  return fillPlace(view, id, nodes.figure.create({ src: picture.src, alt: picture.alt }));
}

/** A file that is no picture: a link to it, called as it is. */
export function placeFile(
  view: EditorView,
  id: string,
  file: { readonly href: string; readonly name: string },
): boolean {
  const name: Node = schema.text(file.name || 'File', [marks.link.create({ href: file.href })]);
  return fillPlace(view, id, nodes.paragraph.create(null, name));
}

/** Of the picture that is selected; what else is known of it stays. */
export function changePicture(
  view: EditorView,
  attributes: { readonly alt?: string; readonly width?: number | null },
): void {
  const picture = selectedPicture(view.state);
  if (!picture || !view.editable) return;
  const tr = asOwnStep(view.state.tr);
  for (const [name, value] of Object.entries(attributes))
    tr.setNodeAttribute(picture.position, name, value === '' ? null : value);
  view.dispatch(tr);
}

/** Of any picture, by where it is: as the end of dragging its edge. */
export function setPictureWidth(view: EditorView, position: number, width: number): void {
  const node = view.state.doc.nodeAt(position);
  if (!view.editable || (node?.type !== nodes.figure && node?.type !== nodes.image)) return;
  view.dispatch(asOwnStep(view.state.tr).setNodeAttribute(position, 'width', width));
}

export function removePicture(view: EditorView): void {
  if (!selectedPicture(view.state) || !view.editable) return;
  view.dispatch(view.state.tr.deleteSelection().scrollIntoView());
  view.focus();
}

/** The caret goes to the caption of the picture that is selected. */
export function goToCaption(view: EditorView): void {
  const picture = selectedPicture(view.state);
  if (!picture?.isFigure) return;
  const end = picture.position + view.state.doc.nodeAt(picture.position)!.nodeSize - 1;
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, end)).scrollIntoView());
  view.focus();
}
