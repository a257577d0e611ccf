import fastifyCookie from '@fastify/cookie';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { Doorkeeper } from '../access/doorkeeper.js';
import { Guests } from '../access/guests.js';
import { openAccess } from '../access/test/open-access.js';
import { WebSessions } from '../access/web-sessions.js';
import { defaultDoor } from '../door-settings.js';
import { defaultLimits } from '../limits.js';
import { keepTheDoor } from './at-the-door.js';
import { identityOf } from './identity-of.js';
import { user } from './test/http-stage.js';

const key = new Uint8Array(32);

test.each([
  ['http', 'weft', 'u-ann'],
  ['http', '__Host-weft', ''],
  ['https', '__Host-weft', 'u-ann'],
  // What a host beside this one, or a page without TLS, can set: somebody would be signed in as whoever did.
  ['https', 'weft', ''],
])('over %s the cookie "%s" says that it is "%s"', async (protocol, name, person) => {
  const app = Fastify();
  const doorkeeper = new Doorkeeper({ ...defaultDoor, trustedProxies: ['127.0.0.1'] }, { isOpen: false });
  keepTheDoor(app, { doorkeeper, limits: defaultLimits });
  await app.register(fastifyCookie);
  const sessions = new WebSessions({ key, isRevoked: () => false });
  const identify = identityOf(openAccess(new Guests(key)), sessions);
  app.get('/who', async (request) => (await identify(request)).person);
  const session = await sessions.open(user('ann'));
  const headers = { 'x-forwarded-proto': protocol, cookie: `${name}=${session!.cookie}` };
  expect((await app.inject({ url: '/who', headers })).body).toBe(person);
});

test('GET /auth is counted however its address is written', async () => {
  const app = Fastify();
  const doorkeeper = new Doorkeeper(defaultDoor, { isOpen: false });
  const limits = { requestsAtOnce: 1, requestsPerSecond: 0.1 };
  keepTheDoor(app, { doorkeeper, limits });
  app.get('/auth/ticket', async () => 'in');
  const ask = async (url: string): Promise<number> => (await app.inject({ url })).statusCode;
  expect([await ask('/%61uth/ticket'), await ask('/%61uth/ticket'), await ask('/auth/ticket')]).toEqual([
    200, 429, 429,
  ]);
});
