// One live client with a text: a connection of its own, as a person's browser has, and the times its changes took to be
// saved.

import { Connection, type SharedDocument } from '@weft/provider';
import { WebSocket } from 'ws';
import { applyUpdate, getState, type Text } from 'yjs';
import { OwnChanges } from '../own-changes.js';

/**
 * Changes a client may have unsaved before it waits. Below the provider's own window, so that every change leaves as the
 * update it is and none waits long enough to be merged with the next.
 */
const MAX_UNSAVED = 200;
/** A client that has heard nothing for this long will not hear more. */
const QUIET_MS = 3000;

export class LiveText {
  readonly document: SharedDocument;
  /** From each change to its being saved. */
  readonly saveMs: number[] = [];
  made = 0;
  readonly #connection: Connection;
  readonly #changes: OwnChanges<number>;

  constructor(serverUrl: string, document: string) {
    this.#connection = new Connection({
      url: `${serverUrl.replace(/^http/, 'ws')}/weft`,
      person: { name: 'Replay', color: '#59636e' },
      client: 'weft-replay',
      WebSocket,
    });
    this.document = this.#connection.open(document);
    this.#changes = new OwnChanges(this.document, (madeAtMs) => this.saveMs.push(performance.now() - madeAtMs));
  }

  get text(): string {
    return this.document.doc.getText('text').toString();
  }

  /** Types, in one Yjs transaction. */
  edit(change: (text: Text) => void): void {
    const { doc } = this.document;
    this.#make(() => doc.transact(() => change(doc.getText('text'))));
  }

  /** Makes a change that was typed elsewhere; what it builds on must be here. */
  adopt(update: Uint8Array): void {
    this.#make(() => applyUpdate(this.document.doc, update, this));
  }

  /** Resolves in another turn than the last change was made in, so that it leaves alone, once there is room for the next. */
  async whenRoom(): Promise<void> {
    await this.#changes.whenUnsavedAtMost(MAX_UNSAVED);
  }

  /** Resolves once everything of this client of Yjs before this clock is here. */
  async whenHere(clientId: number, clock: number): Promise<void> {
    const { doc } = this.document;
    while (getState(doc.store, clientId) < clock) {
      await new Promise<void>((resolve) => doc.once('update', () => resolve()));
    }
  }

  /** Resolves once the text is this one, or nothing has come for so long that it will not be. */
  async whenText(expected: string): Promise<void> {
    const { doc } = this.document;
    if (this.text === expected) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(quiet);
        doc.off('update', look);
        resolve();
      };
      const look = (): void => {
        quiet.refresh();
        if (this.text === expected) end();
      };
      const quiet = setTimeout(end, QUIET_MS);
      doc.on('update', look);
    });
  }

  close(): void {
    this.#connection.close();
  }

  #make(transact: () => void): void {
    if (this.#changes.make(performance.now(), transact)) this.made += 1;
  }
}
