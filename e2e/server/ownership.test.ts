// Two people's text, and a third who may write and tries to do so in their names: on both dialects, after a restart, and
// after the document was brought back from a backup.

import path from 'node:path';
import { CloseCode } from '@weft/protocol';
import { Connection, type SharedDocument } from '@weft/provider';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { personOf } from '../../server/src/access/identity.js';
import { readDocumentArchive } from '../../server/src/archive/archived-document.js';
import { readPieces } from '../../server/src/archive/files.js';
import type { Comparison } from '../../server/src/history/comparison.js';
import { type ClosedServer, closedServer, ISSUER } from './closed-server.js';
import { BareWeft, BareYjs, newName, ownFolder, runWeft, SYNC, textOf, until, webSocketUrl } from './harness.js';

/** A token that lets somebody write everything. */
const editor = (server: ClosedServer, name: string): string =>
  server.token(name, { weft: { roles: { '**': 'editor' } } });

function openWeft(server: ClosedServer, name: string, document: string): SharedDocument {
  const connection = new Connection({
    url: webSocketUrl(server, '/weft'),
    person: { name, color: '#2a6f97' },
    token: editor(server, name),
    WebSocket,
  });
  onTestFinished(() => connection.close());
  return connection.open(document);
}

/** @param disableBc whether it is alone in its browser */
function openStock(server: ClosedServer, name: string, document: string, disableBc = true): WebsocketProvider {
  const provider = new WebsocketProvider(webSocketUrl(server, '/yjs'), document, new Y.Doc(), {
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    protocols: ['weft.yjs', `bearer.${editor(server, name)}`],
    disableBc,
  });
  onTestFinished(() => {
    provider.destroy();
    provider.awareness.destroy();
  });
  return provider;
}

const write = (doc: Y.Doc, words: string): void => doc.getText('text').insert(doc.getText('text').length, words);

/** Who wrote what, in order, from an export of the log. */
async function authorsOf(server: ClosedServer, document: string): Promise<readonly string[]> {
  const file = path.join(await ownFolder(), 'document.weft');
  expect(await runWeft('export', document, '--out', file, '--data', server.dataFolder)).toMatchObject({ code: 0 });
  const { channels } = await readDocumentArchive(readPieces(file, file), file);
  return [...new Set((channels.get('content') ?? []).map(({ author }) => author))];
}

/** Who is credited with which text, by the comparison of nothing with all there is. */
async function creditedText(server: ClosedServer, document: string): Promise<Record<string, string>> {
  const { stdout } = await runWeft('diff', document, '--json', '--data', server.dataFolder);
  const { parts } = JSON.parse(stdout) as Comparison;
  const text: Record<string, string> = {};
  for (const run of parts.flatMap(({ blocks }) => blocks.flatMap(({ runs = [] }) => runs))) {
    text[run.edit!.by] = (text[run.edit!.by] ?? '') + run.text;
  }
  return text;
}

/** What somebody would write in the name of these clients: going on where they end, and by collected structs (A7, A8). */
function forgeries(doc: Y.Doc): Uint8Array[] {
  return [...Y.decodeStateVector(Y.encodeStateVector(doc))].flatMap(([client, clock]) => {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
    copy.clientID = client;
    const updates: Uint8Array[] = [];
    copy.on('update', (update: Uint8Array) => updates.push(update));
    copy.getArray('forged').push(['never said']);
    const forged = updates[0]!;
    // The same client and clock, and a struct of 100 that are collected, in the place of the text.
    const head = forged.slice(2, forged.indexOf(0x08, 2 + varLength(client) + varLength(clock)));
    return [forged, Uint8Array.of(1, 1, ...head, 0, 100, 0)];
  });
}

const varLength = (number: number): number =>
  Math.max(1, Math.ceil((Math.floor(Math.log2(Math.max(1, number))) + 1) / 7));

/** Eve tries everything on both dialects. @returns how often she was told so */
async function attack(server: ClosedServer, document: string, doc: Y.Doc): Promise<string[]> {
  const token = editor(server, 'eve');
  const told: string[] = [];
  for (const update of forgeries(doc)) {
    const weft = new BareWeft(server);
    await weft.hello('Eve', token);
    await weft.ask(document, { outboxId: `eve ${told.length}`, clientId: 7 });
    const { channel } = await weft.next('Opened');
    for (let clientSeq = 1; clientSeq <= 4; clientSeq++) {
      await weft.say(
        { type: 'Resume', channel, fromClientSeq: clientSeq },
        { type: 'Update', channel, clientSeq, update },
      );
      const answer = await weft.next('Resync', 'Refused', 'Saved');
      if (answer.type !== 'Resync') told.push(answer.type === 'Refused' ? answer.code : answer.type);
    }
    const yjs = new BareYjs(server, document, { protocols: ['weft.yjs', `bearer.${token}`] });
    await yjs.next(SYNC.step1);
    for (let tries = 0; tries < 4; tries++) await yjs.sync(SYNC.step2, update);
    // Asked again first, as often as not.
    for (let type = 0; type === 0; ) {
      type = (await yjs.frame())[0]!;
      if (type !== 0) told.push(type === 2 ? 'denied' : `a frame of type ${type}`);
    }
    for (const socket of [weft, yjs]) socket.webSocket.terminate();
  }
  const [client] = Y.decodeStateVector(Y.encodeStateVector(doc)).keys();
  const weft = new BareWeft(server);
  await weft.hello('Eve', token);
  await weft.ask(document, { clientId: client! });
  told.push(String((await weft.next('Closed')).code));
  return told;
}

/** Three servers, and nine commands beside them. */
const LONG = { timeout: 90_000 };

test(
  'nobody writes in the names of others: not at once, not after a restart, not after a backup was brought back',
  LONG,
  async () => {
    const server = await closedServer();
    const document = newName('plan');
    const ann = openWeft(server, 'ann', document);
    await ann.whenSynced();
    write(ann.doc, 'Ann was here. ');
    await ann.whenSaved();
    const bob = openStock(server, 'bob', document);
    await until(() => textOf(bob.doc) === 'Ann was here. ', 'Bob has the text');
    write(bob.doc, 'Bob, too. ');
    await until(() => textOf(ann.doc) === 'Ann was here. Bob, too. ', 'Ann has it all');
    const { doc } = ann;
    // A forgery for each of two ways and two people, on two dialects. Five denials within a minute end in being turned away.
    const told = [
      ...Array.from({ length: 4 }, () => ['cannot-merge', 'denied']).flat(),
      String(CloseCode.ClientIdTaken),
    ];

    expect(await attack(server, document, doc)).toEqual(told);
    write(ann.doc, 'Still Ann. ');
    write(bob.doc, 'Still Bob.');
    await ann.whenSaved();
    await until(
      () => textOf(bob.doc) === textOf(ann.doc) && textOf(ann.doc).includes('Still Bob.'),
      'both have it all',
    );
    const people = ['ann', 'bob'].map((name) => personOf(ISSUER, name));
    expect(await authorsOf(server, document)).toEqual(people);
    const credited = {
      [people[0]!]: 'Ann was here. Still Ann. ',
      [people[1]!]: 'Bob, too. Still Bob.',
    };
    expect(await creditedText(server, document)).toEqual(credited);

    const backup = path.join(await ownFolder(), 'backup');
    expect(await runWeft('backup', backup, '--data', server.dataFolder)).toMatchObject({ code: 0 });
    await server.restart();
    expect(await attack(server, document, doc)).toEqual(told);

    const wanted = ['restore-backup', backup, '--document', document, '--data', server.dataFolder];
    expect(await runWeft(...wanted)).toMatchObject({ code: 0 });
    await server.restart();
    expect(await attack(server, document, doc)).toEqual(told);
    expect(await authorsOf(server, document)).toEqual(people);
    expect(await creditedText(server, document)).toEqual(credited);
    expect(await runWeft('verify', '--data', server.dataFolder)).toMatchObject({ code: 0 });
  },
);

test('G4: two accounts in one browser write on each other’s text, each in their own name', async () => {
  const server = await closedServer();
  const document = newName('shared');
  const ann = openStock(server, 'ann', document, false);
  const bob = openStock(server, 'bob', document, false);
  await until(() => ann.synced && bob.synced, 'both are in step');
  for (let i = 0; i < 30; i++) {
    // Over the channel of the browser it is there at once, before any server has it.
    write(ann.doc, `a${i} `);
    expect(textOf(bob.doc)).toContain(`a${i} `);
    write(bob.doc, `b${i} `);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const newcomer = openStock(server, 'eve', document);
  await until(() => textOf(newcomer.doc) === textOf(ann.doc), 'everything is on the server');
  expect(textOf(newcomer.doc)).toBe(Array.from({ length: 30 }, (_, i) => `a${i} b${i} `).join(''));
  const owners = new Map(
    await Promise.all(
      [ann, bob].map(async ({ doc: { clientID } }) => [clientID, await ownerOf(server, document, clientID)] as const),
    ),
  );
  expect([...owners.values()]).toEqual(['ann', 'bob'].map((name) => personOf(ISSUER, name)));
});

/** Of whose entries a client's structs are. */
async function ownerOf(server: ClosedServer, document: string, client: number): Promise<string> {
  const file = path.join(await ownFolder(), 'document.weft');
  expect(await runWeft('export', document, '--out', file, '--data', server.dataFolder)).toMatchObject({ code: 0 });
  const { channels } = await readDocumentArchive(readPieces(file, file), file);
  const authors = (channels.get('content') ?? [])
    .filter(({ update }) => Y.decodeUpdate(update).structs.some(({ id }) => id.client === client))
    .map(({ author }) => author);
  return [...new Set(authors)].join();
}
