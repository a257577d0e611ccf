// The picture that is selected as a whole.

import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { type EditorState, NodeSelection } from 'prosemirror-state';

const { nodes } = schema;

export const isFigure = (node: Node | null | undefined): boolean => node?.type === nodes.figure;
const isPicture = (node: Node): boolean => node.type === nodes.figure || node.type === nodes.image;

export interface SelectedPicture {
  readonly position: number;
  readonly src: string;
  /** What it shows, for those who cannot see it; '' when nobody said it. */
  readonly alt: string;
  /** In pixels; null for as wide as it is. */
  readonly width: number | null;
  /** It stands by itself, and so may have a caption. */
  readonly isFigure: boolean;
}

/** The picture that is selected as a whole; null for none. */
export function selectedPicture({ selection }: EditorState): SelectedPicture | null {
  if (!(selection instanceof NodeSelection) || !isPicture(selection.node)) return null;
  const { src, alt, width } = selection.node.attrs;
  return { position: selection.from, src, alt: alt ?? '', width, isFigure: isFigure(selection.node) };
}
