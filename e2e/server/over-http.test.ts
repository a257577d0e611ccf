// Sessions that come over HTTP, where no WebSocket gets through, against the server as it is shipped.

import {
  type ClientMessage,
  CloseCode,
  clientCodec,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import { expect, test } from 'vitest';
import { ownServer, sharedServer } from './harness.js';

const server = sharedServer();

const HELLO: ClientMessage = {
  type: 'Hello',
  version: PROTOCOL_VERSION,
  client: '',
  name: 'Ann',
  color: '#aa0000',
  token: '',
  guest: '',
};

async function beginPolls(url: string) {
  const post = (path: string, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) =>
    fetch(`${url}/weft/${path}`, { method: 'POST', headers, ...(body && { body }) });
  const session = (await post('poll', {})).headers.get('weft-session')!;
  let counter = 0;
  let received = 0;
  return {
    say: async (...messages: ClientMessage[]): Promise<number> => {
      counter += 1;
      const headers = { 'weft-session': session, 'weft-counter': `${counter}` };
      return (await post('send', headers, clientCodec.encode(...messages))).status;
    },
    hear: async (): Promise<ServerMessage[]> => {
      const answer = await post('poll', { 'weft-session': session, 'weft-received': `${received}` });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      received += 1;
      return serverCodec.decode(new Uint8Array(await answer.arrayBuffer()));
    },
  };
}

test('a session by polls is welcomed, counted by what carries it, and told when the server stops', async () => {
  const own = await ownServer();
  const { say, hear } = await beginPolls(own.url);
  expect(await say(HELLO, { type: 'Ping', nonce: 5 })).toBe(204);
  expect((await hear()).map(({ type }) => type)).toEqual(['Welcome', 'Pong']);
  expect(await (await fetch(`${own.url}/metrics`)).text()).toContain(
    'weft_sessions{transport="poll",dialect="weft"} 1\n',
  );
  const last = hear();
  const told = expect(last).rejects.toThrow(`"close":${CloseCode.GoingAway}`);
  await own.stop();
  await told;
});

test('what is asked beside these three paths is the API’s, as before', async () => {
  const { url } = server.current;
  expect((await fetch(`${url}/weft/other`, { method: 'POST' })).status).toBe(415);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
