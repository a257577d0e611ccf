// The trash of a server as it is shipped: what is there is shut at every door, and comes back with everything.

import path from 'node:path';
import { CloseCode } from '@weft/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { type ClosedServer, closedServer } from './closed-server.js';
import { BareWeft, BareYjs, connect, newName, ownFolder, ownServer, runWeft, SYNC, textOf, until } from './harness.js';

const TOLD = expect.stringContaining('is in the trash');
const isShut = { status: 404, body: { error: { code: 'IN_TRASH', message: TOLD } } };

/** A document of Ann's with a picture, a named version, and Ben who writes in it. */
async function stage() {
  const server = await closedServer();
  const [ann, ben, cleo] = ['ann', 'ben', 'cleo'].map((name) => server.token(name)) as [string, string, string];
  const name: string = (await server.ask(ann, 'POST', 'documents', { body: {} })).body.name;
  const { body } = await server.ask(ben, 'GET', 'me');
  const grant = { do: 'grant', person: body.person, role: 'editor' };
  expect((await server.ask(ann, 'POST', `access/${name}`, { body: grant })).status).toBe(200);
  const trash = (token: string, what: 'put' | 'take-out' | 'erase', more: object = {}) =>
    server.ask(token, 'POST', `trash/${name}`, { body: { do: what, ...more } });
  return { server, ann, ben, cleo, name, trash };
}

async function openWeft(server: ClosedServer, token: string, document: string) {
  const socket = new BareWeft(server);
  await socket.hello('Somebody', token);
  const clientId = new Y.Doc().clientID;
  await socket.ask(document, { clientId, outboxId: `o ${clientId}` });
  return socket;
}

const doors = (name: string): readonly (readonly ['GET' | 'POST', string])[] => [
  ['GET', `documents/${name}`],
  ['GET', `access/${name}`],
  ['GET', `versions/${name}`],
  ['POST', `versions/${name}`],
  ['GET', `moments/${name}`],
  ['GET', `moments/${name}?format=markdown`],
  ['GET', `entries/${name}`],
  ['GET', `comparisons/${name}`],
  ['GET', `trims/${name}`],
  ['GET', `erasures/${name}`],
  ['POST', `access-requests/${name}`],
];

test('a document in the trash is shut at every door, and back with everything', async () => {
  const { server, ann, ben, cleo, name, trash } = await stage();
  const weft = await openWeft(server, ben, name);
  const { channel } = await weft.next('Opened');
  const yjs = new BareYjs(server, name, { protocols: ['weft.yjs', `bearer.${ann}`] });
  await yjs.sync(SYNC.step1, Uint8Array.of(0));
  await yjs.next(SYNC.step2);
  const before = await server.ask(ann, 'GET', `access/${name}`);

  expect(await trash(cleo, 'put')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  expect(await trash(ben, 'put')).toMatchObject({ status: 403, body: { error: { code: 'OWNERS_ONLY' } } });
  const put = await trash(ann, 'put');
  expect(put).toMatchObject({ status: 200, body: { name } });
  expect(put.body.erasedAtMs - put.body.trashedAtMs).toBe(30 * 86_400_000);

  expect(await weft.next('Closed')).toMatchObject({ channel, code: CloseCode.NoAccess, reason: TOLD });
  expect(await yjs.closed).toMatchObject({ code: CloseCode.NoAccess, reason: TOLD });
  for (const token of [ann, ben]) {
    const again = await openWeft(server, token, name);
    expect(await again.next('Closed')).toMatchObject({ code: CloseCode.NoAccess, reason: TOLD });
    const stock = new BareYjs(server, name, { protocols: ['weft.yjs', `bearer.${token}`] });
    expect(await stock.closed).toMatchObject({ code: CloseCode.NoAccess, reason: TOLD });
    for (const [method, what] of doors(name)) {
      const answer = await server.ask(token, method, what, method === 'POST' ? { body: {} } : {});
      expect([what, answer]).toMatchObject([what, isShut]);
    }
    const asset = await fetch(`${server.url}/api/v1/assets/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
      body: Uint8Array.of(1),
    });
    expect([asset.status, await asset.json()]).toMatchObject([isShut.status, isShut.body]);
    expect((await server.ask(token, 'GET', 'documents')).body.documents).toEqual([]);
  }
  // Who could not open it learns nothing.
  expect((await server.ask(cleo, 'GET', `documents/${name}`)).body.error.code).toBe('NOT_FOUND');
  const stranger = await openWeft(server, cleo, name);
  expect((await stranger.next('Closed')).reason).not.toContain('trash');
  expect((await server.ask(ben, 'GET', 'documents?in=trash')).body.documents).toEqual([]);
  expect((await server.ask(ann, 'GET', 'documents?in=trash')).body.documents).toMatchObject([
    { name, role: 'owner', trashedAtMs: put.body.trashedAtMs, erasedAtMs: put.body.erasedAtMs },
  ]);
  expect(await trash(ann, 'put')).toMatchObject(isShut);

  // Neither is forgotten by a process that dies.
  process.kill(server.pid, 'SIGKILL');
  await server.restart();
  expect(await server.ask(ben, 'GET', `documents/${name}`)).toMatchObject(isShut);
  expect((await trash(ben, 'take-out')).status).toBe(403);
  expect(await trash(ann, 'take-out')).toMatchObject({ status: 200, body: { name } });
  expect(await trash(ann, 'take-out')).toMatchObject({ status: 409, body: { error: { code: 'NOT_IN_TRASH' } } });
  const back = await openWeft(server, ben, name);
  await back.next('Opened');
  expect(await server.ask(ann, 'GET', `access/${name}`)).toEqual(before);
});

test('an owner erases for good what is in the trash, by its name', async () => {
  const { server, ann, ben, name, trash } = await stage();
  expect(await trash(ann, 'erase', { confirm: name })).toMatchObject({ status: 409 });
  await trash(ann, 'put');
  expect(await trash(ben, 'erase', { confirm: name })).toMatchObject({ status: 403 });
  expect(await trash(ann, 'erase')).toMatchObject({ status: 400, body: { error: { code: 'NOT_CONFIRMED' } } });
  expect(await trash(ann, 'erase', { confirm: name })).toMatchObject({ status: 200, body: { name } });
  for (const where of ['documents', 'documents?in=trash']) {
    expect((await server.ask(ann, 'GET', where)).body.documents).toEqual([]);
  }
  expect(await trash(ann, 'take-out')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
});

test('weft trash sends out who is in a document, with what is not saved; weft untrash brings it back', async () => {
  const server = await ownServer(await ownFolder());
  const data = ['--data', server.dataFolder];
  const name = newName();
  const ann = connect(server, 'Ann').open(name);
  const closed = new Promise((resolve) => ann.on('closed', resolve));
  ann.doc.getText('text').insert(0, 'kept');
  await ann.whenSaved();
  expect(await runWeft('trash', name, ...data)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `"${name}" is in the trash. weft untrash brings it back.\n`,
  });
  expect(await closed).toMatchObject({ code: CloseCode.NoAccess, reason: TOLD });
  expect((await runWeft('trash', name, ...data)).code).not.toBe(0);
  expect((await runWeft('documents', ...data)).stdout).toContain('IN TRASH SINCE');
  const url = `${server.url}/api/v1`;
  const json = { 'content-type': 'application/json' };
  const made = await fetch(`${url}/documents`, { method: 'POST', headers: json, body: JSON.stringify({ name }) });
  expect(made.status).toBe(409);
  const erase = { do: 'erase', confirm: name };
  const erased = await fetch(`${url}/trash/${name}`, { method: 'POST', headers: json, body: JSON.stringify(erase) });
  expect(erased.status).toBe(403);

  // A backup has it in the trash as well; without a server it comes back by the same command.
  const folder = await ownFolder();
  expect(await runWeft('backup', path.join(folder, 'backup'), ...data)).toMatchObject({ code: 0 });
  expect(
    await runWeft('restore-backup', path.join(folder, 'backup'), '--data', path.join(folder, 'other')),
  ).toMatchObject({
    code: 0,
  });
  const other = ['--data', path.join(folder, 'other')];
  expect((await runWeft('documents', ...other)).stdout).toContain('IN TRASH SINCE');
  expect(await runWeft('untrash', name, ...other)).toMatchObject({
    code: 0,
    stdout: `"${name}" is back for everybody it was shared with.\n`,
  });
  expect((await runWeft('documents', ...other)).stdout).not.toContain('IN TRASH SINCE');
  expect(await runWeft('verify', ...other)).toMatchObject({ code: 0 });

  expect(await runWeft('untrash', name, ...data)).toMatchObject({ code: 0 });
  const ben = connect(server, 'Ben').open(name);
  await until(() => textOf(ben.doc) === 'kept', 'Ben has what was there');
});
