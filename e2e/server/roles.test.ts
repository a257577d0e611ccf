// Who may do what, on every path: the table below is written by hand, and every cell of it is tried. A refused write leaves
// the log as long as it was and the document what it was (scorecard 51, 55, 57, 58, 60).

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { personOf } from '../../server/src/access/identity.js';
import { type ClosedServer, closedServer, ISSUER } from './closed-server.js';
import { BareWeft, BareYjs, newName, SYNC } from './harness.js';
import { statesIn, Witness } from './witness.js';

const SUBJECTS = ['nobody', 'stranger', 'reader', 'commenter', 'editor', 'owner', 'admin'] as const;
type Subject = (typeof SUBJECTS)[number];

/** Where a role comes from: the sharing of the document, the patterns of a token, a link. Links give none above editor. */
const SOURCES = ['sharing', 'token', 'link'] as const;
type Source = (typeof SOURCES)[number];

// `nobody` shows nothing, `stranger` is signed in and has no role. `+` may, `-` may not, `.` is no case of its own.
const TABLE = `
  path  operation                        from     nobody stranger reader commenter editor owner admin
  weft  open the text                    any      -      -        +      +         +      +     +
  weft  open the discussion              any      -      -        +      +         +      +     +
  weft  see who is here                  any      -      -        +      +         +      +     +
  weft  be seen                          any      -      -        +      +         +      +     +
  weft  write the text                   any      -      -        -      -         +      +     +
  weft  write the discussion             any      -      -        -      +         +      +     +
  weft  only delete in the text          any      -      -        -      -         +      +     +
  weft  only delete in the discussion    any      -      -        -      +         +      +     +
  yjs   open the text                    any      -      -        +      +         +      +     +
  yjs   see who is here                  any      -      -        +      +         +      +     +
  yjs   be seen                          any      -      -        +      +         +      +     +
  yjs   write the text                   any      -      -        -      -         +      +     +
  yjs   write the text when asked        any      -      -        -      -         +      +     +
  yjs   only delete in the text          any      -      -        -      -         +      +     +
  http  list it                          sharing  -      -        +      +         +      +     +
  http  list it                          token    -      -        +      +         +      +     +
  http  read what is known of it         any      -      -        +      +         +      +     +
  http  read its sharing                 any      -      -        -      -         -      +     +
  http  share it                         any      -      -        -      -         -      +     +
  http  make a link to it                any      -      -        -      -         -      +     +
  http  make a document                  sharing  -      +        +      +         +      +     +
  http  choose its name                  sharing  -      -        -      -         -      -     +
  http  choose its name                  token    -      -        -      -         +      +     +
  http  ask for access                   any      +      +        +      +         +      +     +
  http  read the audit log               any      -      -        -      -         -      -     +
  http  list sessions                    any      -      -        -      -         -      -     +
  http  end a session                    any      -      -        -      -         -      -     +
`;

interface Row {
  readonly path: string;
  readonly operation: string;
  readonly from: string;
  readonly may: ReadonlyMap<Subject, boolean>;
}

const rows: readonly Row[] = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [path = '', operation = '', from = '', ...cells] = line.trim().split(/ {2,}/);
    if (cells.length !== SUBJECTS.length) throw new Error(`a cell is missing: ${line}`);
    return { path, operation, from, may: new Map(SUBJECTS.map((subject, at) => [subject, cells[at] === '+'])) };
  });

/** What somebody shows. */
interface Proof {
  readonly token: string;
  readonly link: string;
}

/** A document, and what each shows who has a role in it. */
interface Scene {
  readonly server: ClosedServer;
  readonly document: string;
  readonly adminToken: string;
  readonly proofs: ReadonlyMap<Subject, Proof>;
  readonly text: Witness;
  readonly discussion: Witness;
}

type Attempt = (scene: Scene, proof: Proof, subject: Subject) => Promise<boolean>;

async function setScene(server: ClosedServer, source: Source): Promise<Scene> {
  const adminToken = server.token('admin', { weft: { admin: true } });
  const ownerToken = server.token('owner');
  const proofs = new Map<Subject, Proof>([
    ['nobody', { token: '', link: '' }],
    ['stranger', { token: server.token('stranger'), link: `wl_${'A'.repeat(43)}` }],
  ]);
  let document: string;
  if (source === 'token') {
    document = `notes/${newName('plan')}`;
    expect((await server.ask(adminToken, 'POST', 'documents', { body: { name: document } })).status).toBe(201);
  } else {
    const { status, body } = await server.ask(ownerToken, 'POST', 'documents', { body: {} });
    expect(status).toBe(201);
    document = body.name;
  }
  const share = async (command: object): Promise<{ secret?: string }> => {
    const { status, body } = await server.ask(ownerToken, 'POST', `access/${document}`, { body: command });
    expect(status).toBe(200);
    return body;
  };
  for (const role of ['reader', 'commenter', 'editor'] as const) {
    if (source === 'sharing') {
      await share({ do: 'grant', person: personOf(ISSUER, role), role });
      proofs.set(role, { token: server.token(role), link: '' });
    } else if (source === 'token') {
      proofs.set(role, { token: server.token(role, { weft: { roles: { 'notes/*': role } } }), link: '' });
    } else proofs.set(role, { token: '', link: (await share({ do: 'make-link', role })).secret! });
  }
  if (source !== 'link') {
    const claims = source === 'token' ? { weft: { roles: { 'notes/*': 'owner' } } } : {};
    proofs.set('owner', { token: server.token('owner', claims), link: '' });
    proofs.set('admin', { token: adminToken, link: '' });
  }
  const witness = async (kind: number): Promise<Witness> => {
    const seat = await Witness.sitDown({ server, token: adminToken, document, kind });
    await seat.write('what was here before');
    return seat;
  };
  return { server, document, adminToken, proofs, text: await witness(0), discussion: await witness(1) };
}

/** One character less, as the update of somebody who writes nothing. */
function deletion(doc: Y.Doc): Uint8Array {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  let update: Uint8Array = new Uint8Array();
  copy.once('update', (bytes: Uint8Array) => {
    update = bytes;
  });
  copy.getText('text').delete(0, 1);
  expect(Y.decodeUpdate(update).structs).toEqual([]);
  return update;
}

function insertion(): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'by somebody');
  return Y.encodeStateAsUpdate(doc);
}

/** Others who are here see this of whoever is seen. */
function isSeen(witness: Witness, clientId: number, proof: Proof, subject: Subject): boolean {
  const state = witness.states.get(clientId);
  if (!state) return false;
  const person = proof.token === '' ? '' : personOf(ISSUER, subject);
  // The name of the token counts, and a role is what it is, whatever was said.
  expect(state.user).toMatchObject({ person, role: subject, ...(person === '' ? {} : { name: subject }) });
  return true;
}

const FORGED = { user: { person: 'u-forged', name: 'Forged', role: 'admin', color: '#000000' }, cursor: 1 };

// --- weft

async function joinWeft({ server, document }: Scene, { token, link }: Proof, kind: number) {
  const socket = new BareWeft(server);
  const clientId = new Y.Doc().clientID;
  await socket.hello('Forged', token);
  await socket.ask(document, { kind, clientId, outboxId: `o ${clientId}`, link });
  const answer = await socket.next('Opened', 'Closed');
  if (answer.type === 'Closed') expect(answer).toMatchObject({ channel: 0, code: 4403 });
  return { socket, clientId, channel: answer.type === 'Opened' ? answer.channel : null };
}

const openWeft =
  (kind: number): Attempt =>
  async (scene, proof) => {
    const { socket, channel } = await joinWeft(scene, proof, kind);
    socket.webSocket.terminate();
    return channel !== null;
  };

const writeWeft =
  (kind: number, make: (doc: Y.Doc) => Uint8Array): Attempt =>
  async (scene, proof) => {
    const witness = kind === 0 ? scene.text : scene.discussion;
    const { socket, channel } = await joinWeft(scene, proof, kind);
    // Who was not let in tries the number that others have.
    await socket.say({
      type: 'Update',
      channel: channel ?? witness.channel,
      clientSeq: 1,
      update: make(witness.doc),
    });
    await socket.heardOut();
    const news = await witness.write();
    const told = socket.rest();
    if (channel === null) expect(told).toEqual([]);
    else if (news.length === 0) expect(told).toContainEqual(expect.objectContaining({ code: 'read-only' }));
    socket.webSocket.terminate();
    return news.length > 0;
  };

const seeWeft: Attempt = async (scene, proof) => {
  const { socket, channel } = await joinWeft(scene, proof, 0);
  await scene.text.look();
  await socket.heardOut();
  const seen = socket.rest().flatMap((message) => (message.type === 'Presence' ? [message.entries] : []));
  socket.webSocket.terminate();
  if (channel === null) expect(seen).toEqual([]);
  return seen.some((entries) => statesIn(entries).has(scene.text.doc.clientID));
};

const beSeenWeft: Attempt = async (scene, proof, subject) => {
  const { socket, channel, clientId } = await joinWeft(scene, proof, 0);
  const state = JSON.stringify(FORGED);
  await socket.say({ type: 'Presence', channel: channel ?? scene.text.channel, clientSeq: 0, state });
  await socket.heardOut();
  await scene.text.look();
  const seen = isSeen(scene.text, clientId, proof, subject);
  socket.webSocket.terminate();
  return seen;
};

// --- yjs

async function connectYjs({ server, document }: Scene, { token, link }: Proof): Promise<BareYjs> {
  if (link !== '') {
    const { body } = await server.ask(token, 'POST', 'tickets', { body: { document, link } });
    return new BareYjs(server, document, { more: `?ticket=${body.ticket}` });
  }
  return new BareYjs(server, document, token === '' ? {} : { protocols: ['weft.yjs', `bearer.${token}`] });
}

/** @returns false when it was closed instead, as it is for those without a role */
async function isAnswered(socket: BareYjs): Promise<boolean> {
  await socket.sync(SYNC.step1, Uint8Array.of(0));
  const isOpen = await socket.next(SYNC.step2).then(
    () => true,
    () => false,
  );
  if (!isOpen) expect((await socket.closed).code).toBe(4403);
  return isOpen;
}

const openYjs: Attempt = async (scene, proof) => {
  const socket = await connectYjs(scene, proof);
  const isOpen = await isAnswered(socket);
  socket.webSocket.terminate();
  return isOpen;
};

const writeYjs =
  (step: number, make: (doc: Y.Doc) => Uint8Array): Attempt =>
  async (scene, proof) => {
    const socket = await connectYjs(scene, proof);
    // Before it is known whether it is let in, and after.
    await socket.sync(step, make(scene.text.doc));
    await isAnswered(socket);
    await socket.sync(step, make(scene.text.doc));
    await socket.heardOut();
    const news = await scene.text.write();
    socket.webSocket.terminate();
    return news.length > 0;
  };

const seeYjs: Attempt = async (scene, proof) => {
  const socket = await connectYjs(scene, proof);
  await socket.sync(SYNC.step1, Uint8Array.of(0));
  const seen = await socket.nextPresence().then(
    (update) => statesIn(update).has(scene.text.doc.clientID),
    () => false,
  );
  socket.webSocket.terminate();
  return seen;
};

const beSeenYjs: Attempt = async (scene, proof, subject) => {
  const socket = await connectYjs(scene, proof);
  const clientId = new Y.Doc().clientID;
  if (await isAnswered(socket)) await socket.sync(SYNC.step2, Uint8Array.of(0, 0));
  await socket.showCaret(clientId, FORGED);
  await socket.heardOut();
  await scene.text.look();
  const seen = isSeen(scene.text, clientId, proof, subject);
  socket.webSocket.terminate();
  return seen;
};

// --- http

/** @param allowed what it is answered where it may; all else has to be one of the ways to refuse */
const overHttp =
  (allowed: number, method: string, what: (document: string) => string, body?: (document: string) => object): Attempt =>
  async ({ server, document }, { token, link }) => {
    const { status } = await server.ask(token, method, what(document), {
      ...(link === '' ? {} : { link }),
      ...(body && { body: body(document) }),
    });
    if (status !== allowed) expect([403, 404]).toContain(status);
    return status === allowed;
  };

const listIt: Attempt = async ({ server, document }, { token }) => {
  const { body } = await server.ask(token, 'GET', 'documents');
  return (body.documents as { name: string }[]).some(({ name }) => name === document);
};

const endSession: Attempt = async ({ server, adminToken }, { token }) => {
  const victim = new BareWeft(server);
  await victim.hello('Victim', server.token('victim'));
  const { session } = await victim.next('Welcome');
  const { status } = await server.ask(token, 'DELETE', `sessions/${session}`);
  const { body } = await server.ask(adminToken, 'GET', 'sessions');
  const isThere = (body.sessions as { id: string }[]).some(({ id }) => id === session);
  expect(isThere).toBe(status !== 200);
  if (!isThere) expect((await victim.closed).code).toBe(4401);
  victim.webSocket.terminate();
  return !isThere;
};

const attempts: Readonly<Record<string, Attempt>> = {
  'weft open the text': openWeft(0),
  'weft open the discussion': openWeft(1),
  'weft see who is here': seeWeft,
  'weft be seen': beSeenWeft,
  'weft write the text': writeWeft(0, insertion),
  'weft write the discussion': writeWeft(1, insertion),
  'weft only delete in the text': writeWeft(0, deletion),
  'weft only delete in the discussion': writeWeft(1, deletion),
  'yjs open the text': openYjs,
  'yjs see who is here': seeYjs,
  'yjs be seen': beSeenYjs,
  'yjs write the text': writeYjs(SYNC.update, insertion),
  'yjs write the text when asked': writeYjs(SYNC.step2, insertion),
  'yjs only delete in the text': writeYjs(SYNC.update, deletion),
  'http list it': listIt,
  'http read what is known of it': overHttp(200, 'GET', (document) => `documents/${document}`),
  'http read its sharing': overHttp(200, 'GET', (document) => `access/${document}`),
  'http share it': overHttp(
    200,
    'POST',
    (document) => `access/${document}`,
    () => ({ do: 'grant', email: 'friend@example.org', role: 'reader' }),
  ),
  'http make a link to it': overHttp(
    200,
    'POST',
    (document) => `access/${document}`,
    () => ({ do: 'make-link', role: 'reader' }),
  ),
  'http make a document': overHttp(
    201,
    'POST',
    () => 'documents',
    () => ({}),
  ),
  // There is one of this name: who may choose it hears so.
  'http choose its name': overHttp(
    409,
    'POST',
    () => 'documents',
    (name) => ({ name }),
  ),
  'http ask for access': overHttp(
    202,
    'POST',
    (document) => `access-requests/${document}`,
    () => ({}),
  ),
  'http read the audit log': overHttp(200, 'GET', () => 'audit'),
  'http list sessions': overHttp(200, 'GET', () => 'sessions'),
  'http end a session': endSession,
};

test('each row of the table has its attempt, and each attempt its row', () => {
  expect([...new Set(rows.map(({ path, operation }) => `${path} ${operation}`))].sort()).toEqual(
    Object.keys(attempts).sort(),
  );
});

test('57: everything that a request names is judged, not only the first of it', async () => {
  const server = await closedServer();
  const [ann, bob] = [server.token('ann'), server.token('bob')];
  const make = async (token: string): Promise<string> =>
    (await server.ask(token, 'POST', 'documents', { body: {} })).body.name;
  const [ofAnn, ofBob] = [await make(ann), await make(bob)];
  const share = async (token: string, document: string, command: object) =>
    (await server.ask(token, 'POST', `access/${document}`, { body: command })) as { status: number; body: Link };
  interface Link {
    readonly secret: string;
    readonly links: readonly { readonly id: string }[];
  }
  const link = (await share(ann, ofAnn, { do: 'make-link', role: 'editor' })).body;
  const opens = async (document: string, proof: Proof): Promise<boolean> => {
    const socket = new BareWeft(server);
    await socket.hello('Somebody', proof.token);
    await socket.ask(document, { link: proof.link });
    return (await socket.next('Opened', 'Closed')).type === 'Opened';
  };
  // The link of one document opens no other, by itself or with an account; and a ticket made with it neither.
  expect(await opens(ofAnn, { token: '', link: link.secret })).toBe(true);
  for (const token of ['', server.token('stranger'), ann]) {
    expect(await opens(ofBob, { token, link: link.secret })).toBe(false);
  }
  const ticket = async (token: string, document: string, secret: string | null): Promise<string> =>
    (await server.ask(token, 'POST', 'tickets', { body: { document, link: secret } })).body.ticket;
  expect(await opens(ofBob, { token: await ticket('', ofAnn, link.secret), link: '' })).toBe(false);
  expect(await opens(ofBob, { token: await ticket('', ofBob, link.secret), link: '' })).toBe(false);
  expect(await opens(ofBob, { token: await ticket(bob, ofAnn, null), link: '' })).toBe(false);
  expect(await opens(ofBob, { token: await ticket(bob, ofBob, null), link: '' })).toBe(true);
  const stock = new BareYjs(server, ofBob, { more: `?ticket=${await ticket('', ofAnn, link.secret)}` });
  expect(await isAnswered(stock)).toBe(false);
  // The owner of one document changes nothing of another by naming a part of it.
  expect((await share(bob, ofAnn, { do: 'revoke-link', id: link.links[0]!.id })).status).toBe(404);
  await share(bob, ofBob, { do: 'revoke-link', id: link.links[0]!.id });
  expect(await opens(ofAnn, { token: '', link: link.secret })).toBe(true);
});

test.each(['weft', 'yjs', 'http'])(
  'nobody may more, or less, than the table says: %s',
  { timeout: 60_000 },
  async (path) => {
    const server = await closedServer({ secondsBetweenAnswers: 0 });
    const wrong: string[] = [];
    let cells = 0;
    for (const source of SOURCES) {
      const scene = await setScene(server, source);
      for (const row of rows.filter((row) => row.path === path && (row.from === 'any' || row.from === source))) {
        const attempt = attempts[`${row.path} ${row.operation}`]!;
        for (const [subject, proof] of scene.proofs) {
          cells += 1;
          const did = await attempt(scene, proof, subject);
          const named = `${row.path}: ${row.operation}, as ${subject} by ${source}`;
          if (did !== row.may.get(subject)) wrong.push(did ? `${named}: could` : `${named}: could not`);
          if (!did) for (const witness of [scene.text, scene.discussion]) await witness.checkNothingElse();
        }
      }
    }
    expect(wrong, `of ${cells} cells`).toEqual([]);
  },
);
