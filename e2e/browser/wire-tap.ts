// Lets a story change what the server says to a page, for states that a healthy server seldom brings about.

import type { Page } from '@playwright/test';
import {
  type ClientMessage,
  CloseCode,
  clientCodec,
  refusalSentences,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';

export interface Tap {
  /** What the page gets to hear in place of a message of the server; without it the message itself. */
  readonly heard?: (message: ServerMessage) => ServerMessage;
  /** An answer in the server's place: the server does not hear of the message then. Null lets it through. */
  readonly answered?: (message: ClientMessage) => ServerMessage | null;
}

/** An answer to whatever is written: it is refused. */
export function refuse(message: ClientMessage): ServerMessage | null {
  if (message.type !== 'Update') return null;
  const { channel, clientSeq } = message;
  return { type: 'Refused', channel, clientSeq, code: 'malformed', reason: refusalSentences.malformed };
}

/** Whoever opens a document hears that they may not. */
export function turnAway(message: ServerMessage): ServerMessage {
  if (message.type !== 'Opened') return message;
  const reason = 'You may not open this document.';
  return { type: 'Closed', ref: message.ref, channel: 0, code: CloseCode.NoAccess, reason };
}

/** Taps every connection the page makes from now on. */
export async function tapWire(page: Page, { heard = (message) => message, answered = () => null }: Tap): Promise<void> {
  await page.routeWebSocket(/\/weft(\?|$)/, (toPage) => {
    const toServer = toPage.connectToServer();
    toServer.onMessage((frame) => {
      if (typeof frame === 'string') return toPage.send(frame);
      toPage.send(Buffer.from(serverCodec.encode(...serverCodec.decode(frame).map(heard))));
    });
    toPage.onMessage((frame) => {
      if (typeof frame === 'string') return toServer.send(frame);
      for (const message of clientCodec.decode(frame)) {
        const answer = answered(message);
        if (answer) toPage.send(Buffer.from(serverCodec.encode(answer)));
        else toServer.send(Buffer.from(clientCodec.encode(message)));
      }
    });
  });
}
