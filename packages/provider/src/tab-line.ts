// The line between the tabs of one browser that show one document to one person on one server (S4). What is said on it
// reaches every other tab that is there and awake; nobody answers for those that are not.

import type { Place } from './local-store.js';

/** `stateVector`: of everything in the Y.Doc of who says it, before this is applied or after it. */
export type TabMessage =
  /** What the server is not known to have, and what it builds on. */
  | {
      readonly type: 'text';
      readonly epoch: number;
      readonly stateVector: Uint8Array;
      readonly updates: readonly TabUpdate[];
    }
  /** Who has something unsaved is to say all that is missing here. */
  | { readonly type: 'ask'; readonly epoch: number; readonly stateVector: Uint8Array };

export interface TabUpdate {
  readonly update: Uint8Array;
  /** Local Yjs transactions in it. */
  readonly changes: number;
}

export interface TabLine {
  say(message: TabMessage): void;
  close(): void;
}

/** Opens the line of one document. */
export type OpenTabLine = (place: Place, heard: (message: TabMessage) => void) => TabLine;

/** The part of the standard BroadcastChannel that is used. */
export interface BroadcastChannelLike {
  onmessage: unknown;
  postMessage(message: unknown): void;
  close(): void;
}
export type BroadcastChannelConstructor = new (name: string) => BroadcastChannelLike;

/** Pages of another version of this speak on lines of their own. */
const VERSION = 1;

/** @param person as the server names them: nobody else hears it */
export const overBroadcast =
  (BroadcastChannel: BroadcastChannelConstructor, server: string, person: string): OpenTabLine =>
  ({ kind, document }, heard) => {
    const channel = new BroadcastChannel(JSON.stringify(['weft', VERSION, server, person, kind, document]));
    channel.onmessage = ({ data }: { readonly data: unknown }) => heard(data as TabMessage);
    return {
      say: (message) => channel.postMessage(message),
      close: () => channel.close(),
    };
  };

/** That of the page; a program without one has no tabs. */
export const pageBroadcast = (): BroadcastChannelConstructor | undefined =>
  'window' in globalThis ? globalThis.BroadcastChannel : undefined;
