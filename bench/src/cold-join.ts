// A client that has nothing yet, in either dialect, written against the wire itself: what does the server hand it? Kept
// apart from the provider, so that a fault there cannot hide one in the server.

import { inflateRawSync } from 'node:zlib';
import { CloseCode, clientCodec, PROTOCOL_VERSION, serverCodec } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import { applyUpdate, Doc } from 'yjs';

const WITHIN_MS = 20_000;

export interface ColdJoin {
  readonly text: string;
  readonly head: number;
  /** 0 without a checkpoint. */
  readonly checkpointSeq: number;
  readonly checkpointBytes: number;
  /** Bytes of the updates after it. */
  readonly tailBytes: number;
}

/** @param serverUrl `http://host:port` @param room its text is the root `text` */
export function coldJoinWeft(serverUrl: string, room: string): Promise<ColdJoin> {
  let doc = new Doc();
  let place: Omit<ColdJoin, 'text' | 'tailBytes'> | null = null;
  let seq = 0;
  let tailBytes = 0;
  const open = clientCodec.encode({
    type: 'Open',
    ref: 1,
    document: room,
    kind: 0,
    clientId: doc.clientID,
    outboxId: 'check',
    epoch: 0,
    seq: 0,
    proof: new Uint8Array(),
    link: '',
  });
  const hello = clientCodec.encode({
    type: 'Hello',
    version: PROTOCOL_VERSION,
    client: 'weft-bench',
    name: 'Check',
    color: '#59636e',
    token: '',
    guest: '',
  });
  return converse(`${serverUrl}/weft`, Buffer.concat([hello, open]), (frame, send) => {
    for (const message of serverCodec.decode(frame)) {
      if (message.type === 'Opened') {
        const { head, checkpointSeq, checkpoint } = message;
        doc = new Doc();
        tailBytes = 0;
        place = { head, checkpointSeq, checkpointBytes: checkpoint.length };
        if (checkpoint.length > 0) applyUpdate(doc, inflateRawSync(checkpoint));
        seq = checkpointSeq;
      } else if (message.type === 'Entries') {
        if (message.firstSeq !== seq + 1) throw new Error(`entries from ${message.firstSeq} came after ${seq}`);
        seq += message.updates.length;
        for (const update of message.updates) {
          tailBytes += update.length;
          applyUpdate(doc, update);
        }
      } else if (message.type === 'Closed' && message.code === CloseCode.SlowReader) {
        // A checkpoint has taken what was not served yet: opened again, the channel begins with that.
        place = null;
        send(open);
      } else if (message.type === 'Closed') throw new Error(`"${room}" was not opened: ${message.reason}`);
    }
    return place !== null && seq >= place.head ? { ...place, tailBytes, text: textOf(doc) } : null;
  });
}

/** The text as a stock y-websocket client is given it. */
export function coldJoinYjs(serverUrl: string, room: string): Promise<string> {
  const doc = new Doc();
  // Sync, SyncStep1, an empty state vector.
  const greeting = Uint8Array.of(0, 0, 1, 0);
  return converse(`${serverUrl}/yjs/${encodeURIComponent(room)}`, greeting, (frame) => {
    const decoder = decoding.createDecoder(frame);
    if (decoding.readVarUint(decoder) !== 0) return null;
    const kind = decoding.readVarUint(decoder);
    if (kind === 0) return null;
    // What comes as updates before SyncStep2 belongs to the answer: with that it is in sync.
    applyUpdate(doc, decoding.readVarUint8Array(decoder));
    return kind === 1 ? textOf(doc) : null;
  });
}

/** @throws Error when Yjs keeps something aside: what a server sends can always be applied (I7) */
function textOf(doc: Doc): string {
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) throw new Error('something is left pending');
  return doc.getText('text').toString();
}

/** Sends one frame and reads until `read` returns something; it may send others. */
function converse<T>(
  url: string,
  greeting: Uint8Array,
  read: (frame: Uint8Array, send: (frame: Uint8Array) => void) => T | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url.replace(/^http/, 'ws'));
    const timer = setTimeout(() => end(new Error(`no complete answer from ${url} within ${WITHIN_MS} ms`)), WITHIN_MS);
    const end = (result: T | Error): void => {
      clearTimeout(timer);
      webSocket.removeAllListeners('message').close();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    webSocket.on('open', () => webSocket.send(greeting));
    webSocket.on('error', end);
    webSocket.on('close', (code) => end(new Error(`the server closed ${url} with ${code}`)));
    webSocket.on('message', (data: Buffer) => {
      try {
        const result = read(data, (frame) => webSocket.send(frame));
        if (result !== null) end(result);
      } catch (error) {
        end(error as Error);
      }
    });
  });
}
