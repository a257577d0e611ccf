// The server's side of RFC 6455 §4.2: whether a request asks for a WebSocket, and the answer that makes it one.

import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './lines.js';

/** §1.3: what the key is hashed with, so that the answer is one of somebody who knows the protocol. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const VERSION = '13';
/** Sixteen bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** @returns why it is none, or null when it may be answered with `welcome` */
export function refusalOf({ method, headers }: IncomingMessage): Refusal | null {
  if (method !== 'GET') return refusal(405, 'A WebSocket is asked for with GET.');
  if (headers.upgrade?.toLowerCase() !== 'websocket') return refusal(400, 'There are only WebSockets to upgrade to.');
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return refusal(400, 'The Sec-WebSocket-Key is missing or wrong.');
  if (headers['sec-websocket-version'] !== VERSION)
    return refusal(400, `The Sec-WebSocket-Version has to be ${VERSION}.`);
  return null;
}

/** @param protocol of those it offers, the one that is spoken; null for none */
export function welcome({ headers }: IncomingMessage, protocol: string | null): string {
  const accept = hash('sha1', `${headers['sec-websocket-key']}${GUID}`, 'base64');
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n${protocol === null ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`
  );
}

const refusal = (status: number, reason: string): Refusal => ({ ok: false, status, reason });
