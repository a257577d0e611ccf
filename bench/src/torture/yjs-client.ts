// A client of the `yjs` dialect as stock y-websocket clients are: it sends what is typed at once, answers the server's
// SyncStep1 with everything the server lacks, and keeps its Y.Doc over reconnects. In addition it notes what of its own
// the server has shown to be on disk: by echo, or by a state vector.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { WebSocket } from 'ws';
import { applyUpdate, type Doc, decodeStateVector, encodeStateAsUpdate, encodeStateVector, parseUpdateMeta } from 'yjs';

const MESSAGE_SYNC = 0;
const MESSAGE_AUTH = 2;
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;

export interface YjsClientOptions {
  readonly doc: Doc;
  readonly open: () => WebSocket;
  /** Everything of the document's own client id before this clock is on the server's disk. */
  readonly onSaved: (clock: number) => void;
  /** The server will not have what this client writes: never so with sound clients. */
  readonly onRefused: (reason: string) => void;
  /** The connection broke, and may be made again. */
  readonly onClosed: () => void;
}

export class YjsClient {
  readonly #options: YjsClientOptions;
  #webSocket: WebSocket | null = null;
  #isClosed = false;

  constructor(options: YjsClientOptions) {
    this.#options = options;
    options.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#send(SYNC_UPDATE, update);
    });
  }

  connect(): void {
    if (this.#isClosed) return;
    const { doc, open, onRefused, onClosed } = this.#options;
    const webSocket = open();
    this.#webSocket = webSocket;
    webSocket.on('error', () => {});
    webSocket.on('open', () => this.#send(SYNC_STEP_1, encodeStateVector(doc)));
    webSocket.on('message', (data: Buffer) => this.#receive(data));
    webSocket.on('close', (code, reason) => {
      if (code >= 4400 && code <= 4499) onRefused(`${code} ${reason}`);
      else onClosed();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#webSocket?.close();
  }

  #receive(frame: Uint8Array): void {
    const { doc, onSaved, onRefused } = this.#options;
    const decoder = decoding.createDecoder(frame);
    const type = decoding.readVarUint(decoder);
    if (type === MESSAGE_AUTH) {
      decoding.readVarUint(decoder);
      onRefused(decoding.readVarString(decoder));
    }
    if (type !== MESSAGE_SYNC) return;
    const kind = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (kind === SYNC_STEP_1) {
      onSaved(decodeStateVector(body).get(doc.clientID) ?? 0);
      this.#send(SYNC_STEP_2, encodeStateAsUpdate(doc, body));
    } else {
      applyUpdate(doc, body, this);
      onSaved(parseUpdateMeta(body).to.get(doc.clientID) ?? 0);
    }
  }

  #send(kind: number, body: Uint8Array): void {
    if (this.#webSocket?.readyState !== this.#webSocket?.OPEN) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_SYNC);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, body);
    this.#webSocket?.send(encoding.toUint8Array(encoder));
  }
}
