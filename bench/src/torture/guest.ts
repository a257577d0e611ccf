// Somebody who looks on while a server is tortured: a weft connection with one document, whose caret moves and who sees
// others' carets move. Guests write nothing.

import { Connection, type SharedDocument } from '@weft/provider';
import { WebSocket } from 'ws';

export class Guest {
  readonly document: SharedDocument;
  readonly #connection: Connection;

  /** @param url `http://host:port` */
  constructor(url: string, document: string) {
    this.#connection = new Connection({
      url: `${url.replace(/^http/, 'ws')}/weft`,
      person: { name: 'Guest', color: '#59636e' },
      client: 'weft-torture',
      WebSocket,
      transports: ['websocket'],
    });
    this.document = this.#connection.open(document);
  }

  close(): void {
    this.#connection.close();
  }

  /** Resolves once the person is told that nothing can be saved. @returns the moment, on the clock of `performance.now()` */
  whenTold(withinMs: number): Promise<number> {
    const isTold = (): boolean => {
      const state = this.document.saveState;
      return state.kind === 'busy' && state.reason !== 'busy';
    };
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (isTold()) end(() => resolve(performance.now()));
      };
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.document.off('save', look);
        settle();
      };
      const late = new Error(`nobody was told within ${withinMs} ms that nothing can be saved`);
      const timer = setTimeout(() => end(() => reject(late)), withinMs);
      this.document.on('save', look);
      look();
    });
  }

  /** Moves the caret; resolves with the time until `watcher` saw it, in milliseconds. */
  moveFor(watcher: Guest, withinMs: number): Promise<number> {
    const startMs = performance.now();
    const mark = `${startMs}`;
    const { presence } = watcher.document;
    const id = this.document.presence.clientID;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (presence.states.get(id)?.mark === mark) end(() => resolve(performance.now() - startMs));
      };
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        presence.off('change', look);
        settle();
      };
      const late = new Error(`a caret that moved was not seen by others within ${withinMs} ms`);
      const timer = setTimeout(() => end(() => reject(late)), withinMs);
      presence.on('change', look);
      this.document.presence.setLocalStateField('mark', mark);
    });
  }
}
