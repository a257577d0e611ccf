// What the page and the worker that plays say to each other.

import type { PlayedFrame, WantedFrame } from '@weft/editor/playback';

export type ToPlayer =
  /** Names that the schema knows, and those of them that stand in text. */
  | { readonly kind: 'names'; readonly known: readonly string[]; readonly inline: readonly string[] }
  /** The next page of entries. */
  | { readonly kind: 'page'; readonly bytes: Uint8Array }
  /** A page that was asked for again. */
  | { readonly kind: 'again'; readonly after: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'show'; readonly wanted: WantedFrame };

export type FromPlayer =
  | {
      readonly kind: 'page';
      readonly epoch: number;
      readonly head: number;
      readonly first: number;
      readonly last: number;
      /** Of this page. */
      readonly people: readonly { readonly person: string; readonly name: string | null }[];
      readonly timesMs: Float64Array;
      /** Places among all who wrote, in the order in which they are first met. */
      readonly authors: Uint32Array;
      readonly everybody: readonly string[];
    }
  /** Everything was gone through: each moment is near. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'frame'; readonly frame: PlayedFrame }
  /** A page has to be fetched once more. */
  | { readonly kind: 'fetch'; readonly after: number }
  /** Older entries were taken out while they were played: it can only begin anew. */
  | { readonly kind: 'trimmed' }
  | { readonly kind: 'failed'; readonly reason: string };
