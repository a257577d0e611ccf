// How fast a right that is taken back is gone, from a session that uses it at that moment (scorecard 53, 54): measured from
// the request that takes it back to what the session is told, with others writing on.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { personOf } from '../../server/src/access/identity.js';
import { type ClosedServer, closedServer, ISSUER } from './closed-server.js';
import { BareWeft, BareYjs, SYNC } from './harness.js';
import { Witness } from './witness.js';

const WITHIN_MS = 1000;
const ROUNDS = 3;

/** Writes on and on, each time something that needs nothing from before, so that all of it could be taken. */
class Typist {
  readonly #write: (update: Uint8Array) => Promise<void>;
  readonly #done: Promise<void>;
  #isTyping = true;
  #written = 0;

  constructor(write: (update: Uint8Array) => Promise<void>) {
    this.#write = write;
    this.#done = this.#type();
  }

  /** Resolves once it has written some more. */
  more(): Promise<void> {
    const enough = this.#written + 10;
    return expect.poll(() => this.#written, { interval: 5 }).toBeGreaterThan(enough);
  }

  stop(): Promise<void> {
    this.#isTyping = false;
    return this.#done;
  }

  async #type(): Promise<void> {
    while (this.#isTyping) {
      const doc = new Y.Doc();
      doc.getText('text').insert(0, 'x');
      await this.#write(Y.encodeStateAsUpdate(doc));
      this.#written += 1;
      // At the pace of one who types very fast.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

async function openWeft(server: ClosedServer, token: string, document: string, link = '') {
  const socket = new BareWeft(server);
  await socket.hello('Somebody', token);
  const clientId = new Y.Doc().clientID;
  await socket.ask(document, { clientId, outboxId: `o ${clientId}`, link });
  const { channel } = await socket.next('Opened');
  return { socket, channel };
}

async function openYjs(server: ClosedServer, token: string, document: string): Promise<BareYjs> {
  const socket = new BareYjs(server, document, { protocols: ['weft.yjs', `bearer.${token}`] });
  await socket.sync(SYNC.step1, Uint8Array.of(0));
  await socket.next(SYNC.step2);
  return socket;
}

/** How long it takes from now until it has happened. */
async function timed(happening: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await happening;
  return performance.now() - startMs;
}

test('what is taken back is gone within a second, from whoever is writing at that moment', {
  timeout: 60_000,
}, async () => {
  const server = await closedServer();
  const admin = server.token('admin', { weft: { admin: true } });
  const owner = server.token('owner');
  const { body } = await server.ask(owner, 'POST', 'documents', { body: {} });
  const document: string = body.name;
  const share = (command: object) => server.ask(owner, 'POST', `access/${document}`, { body: command });
  const witness = await Witness.sitDown({ server, token: admin, document, kind: 0 });
  const worst = new Map<string, number>();
  const note = (what: string, ms: number): void => void worst.set(what, Math.max(worst.get(what) ?? 0, ms));

  for (let round = 0; round < ROUNDS; round++) {
    const person = personOf(ISSUER, `ann ${round}`);
    const token = server.token(`ann ${round}`);
    const grant = (role: string) => share({ do: 'grant', person, role });
    await grant('editor');
    const link = (await share({ do: 'make-link', role: 'editor' })).body;
    const [weft, yjs] = [await openWeft(server, token, document), await openYjs(server, token, document)];
    const linked = await openWeft(server, '', document, link.secret);
    let clientSeq = 0;
    const typists = [
      new Typist((update) => {
        clientSeq += 1;
        const { channel } = weft;
        return weft.socket.say(
          { type: 'Resume', channel, fromClientSeq: clientSeq },
          { type: 'Update', channel, clientSeq, update },
        );
      }),
      new Typist((update) => yjs.sync(SYNC.update, update)),
    ];
    const moreIsWritten = () => Promise.all(typists.map((typist) => typist.more()));
    await moreIsWritten();
    expect((await witness.write()).length).toBeGreaterThan(10);

    const lowered = timed(weft.socket.next('Access'));
    await grant('reader');
    note('a lower role', await lowered);
    // From here on nothing of either gets a number, though both write on.
    await witness.write();
    await moreIsWritten();
    expect(await witness.write()).toEqual([]);
    await grant('editor');
    await moreIsWritten();
    expect((await witness.write()).length).toBeGreaterThan(10);

    const out = [timed(weft.socket.next('Closed')), timed(yjs.closed)] as const;
    await share({ do: 'remove', person });
    note('no role, weft', await out[0]);
    note('no role, yjs', await out[1]);
    await witness.write();
    await moreIsWritten();
    expect(await witness.write()).toEqual([]);
    await Promise.all(typists.map((typist) => typist.stop()));
    expect(weft.socket.rest().filter(({ type }) => type === 'Entries' || type === 'Presence')).toEqual([]);

    const unlinked = timed(linked.socket.next('Closed'));
    await share({ do: 'revoke-link', id: link.links.at(-1).id });
    note('a revoked link', await unlinked);

    const { body: live } = await server.ask(admin, 'GET', 'sessions');
    const own = (live.sessions as { id: string; person: string }[]).find((session) => session.person === person)!;
    const kicked = timed(weft.socket.closed);
    await server.ask(admin, 'DELETE', `sessions/${own.id}`);
    note('a session that is ended', await kicked);
  }
  await witness.checkNothingElse();
  expect([...worst.values()].filter((ms) => ms >= WITHIN_MS)).toEqual([]);
});

test('who is revoked hears that the sign-in has ended, and not that there is no such document', async () => {
  const server = await closedServer();
  const claims = { weft: { roles: { 'notes/*': 'editor' } } };
  const weft = await openWeft(server, server.token('ann', claims), 'notes/a');
  const yjs = await openYjs(server, server.token('ann', claims), 'notes/a');
  const admin = server.token('admin', { weft: { admin: true } });
  await server.ask(admin, 'POST', 'revocations', { body: { person: personOf(ISSUER, 'ann') } });
  expect([(await weft.socket.closed).code, (await yjs.closed).code]).toEqual([4401, 4401]);
  expect(weft.socket.rest().filter(({ type }) => type === 'Closed' || type === 'Access')).toEqual([]);
});

test('a token that ends is asked for anew, then takes no writing, then the session', { timeout: 30_000 }, async () => {
  const server = await closedServer();
  // Long enough that a machine with other work opens three connections meanwhile.
  const lifeSeconds = 8;
  const expiresAtMs = (Math.floor(Date.now() / 1000) + lifeSeconds) * 1000;
  const claims = { exp: expiresAtMs / 1000, weft: { roles: { 'notes/*': 'editor' } } };
  const [short, stock] = [
    await openWeft(server, server.token('ann', claims), 'notes/a'),
    await openYjs(server, server.token('bob', claims), 'notes/a'),
  ];
  const renewing = await openWeft(server, server.token('cyd', claims), 'notes/a');
  expect((await renewing.socket.next('Renew')).withinMs).toBeLessThanOrEqual(lifeSeconds * 1000);
  const longer = { weft: { roles: { 'notes/*': 'editor' } } };
  await renewing.socket.say({ type: 'Renew', token: server.token('cyd', longer), guest: '' });
  expect(await renewing.socket.next('Identity')).toMatchObject({ person: personOf(ISSUER, 'cyd') });

  expect(await short.socket.next('Access')).toMatchObject({ role: 3, access: 0 });
  const readOnlyAfterMs = Date.now() - expiresAtMs;
  await short.socket.say({ type: 'Update', channel: short.channel, clientSeq: 1, update: Uint8Array.of(0, 0) });
  expect(await short.socket.next('Refused')).toMatchObject({ code: 'read-only' });
  const closed = await Promise.all([short.socket.closed, stock.closed]);
  const closedAfterMs = Date.now() - expiresAtMs;
  expect(closed.map(({ code }) => code)).toEqual([4401, 4401]);
  expect(readOnlyAfterMs, 'milliseconds after its end from which it takes no writing').toBeLessThan(2000);
  expect(closedAfterMs, 'milliseconds after its end at which the session ends').toBeLessThan(5000);

  await renewing.socket.say({ type: 'Update', channel: renewing.channel, clientSeq: 1, update: Uint8Array.of(0, 0) });
  await renewing.socket.next('Saved');
  // Somebody else's token ends it.
  await renewing.socket.say({ type: 'Renew', token: server.token('eve', longer), guest: '' });
  expect((await renewing.socket.closed).code).toBe(4401);
});
