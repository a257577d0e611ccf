// What the page around an editor knows and the editor does not: which server it is for, what is shown to it, and what of the
// page is the editor's. And what the page puts in the places that are kept for it.

import type { Draft } from '@weft/provider';
import type { nothing, TemplateResult } from 'lit';
import type { ProofsFor } from './pictures/picture-sources.js';
import type { KeptText } from './saving/kept-text.js';

export interface Surroundings {
  /** The origin of the server: files of documents are there. */
  readonly server: string;
  /** What reads and adds files of a document, besides cookies. */
  readonly proofsFor: ProofsFor;
  /** Everybody may read here: who asks for a file need not be shown. */
  readonly isOpen: boolean;
  /** Keys that are pressed anywhere in it are for the editor, and files let go over it; null for the editor alone. */
  readonly stage: EventTarget | null;
  /** The sign-in has ended by itself. */
  readonly isSignedOut: boolean;
  /** Until the signal, whoever is about to leave is told how many files would not be added. */
  readonly askBeforeLeaving: (count: () => number, signal: AbortSignal) => void;
  /** Where a text that could not be saved is read; null where there is no such page. */
  readonly draftAddress: ((draft: string) => string) | null;
  /** It is on the clipboard, and not lost with the page any more. */
  readonly draftCopied: (draft: Draft) => void;
  /** There is a text: whether it waits until `show` is called. */
  readonly holdsBack: () => boolean;
}

/** In the order of the page. A shadow root has a slot for each instead. */
export interface Fill {
  /** Where there is nothing to show for want of a role. */
  readonly turnedAway?: (kept: KeptText, wasShown: boolean) => TemplateResult;
  /** Out of a page on which there is nothing to write in, if not to all documents. */
  readonly wayOut?: TemplateResult | typeof nothing;
  readonly signIn?: TemplateResult | null;
  readonly home?: TemplateResult;
  readonly title?: TemplateResult;
  /** Stands for oneself among the people. */
  readonly own?: TemplateResult;
  readonly actions?: TemplateResult;
  /** Above the text, like what the editor has to tell. */
  readonly notes?: unknown;
}
