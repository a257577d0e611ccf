import { expect, test } from 'vitest';
import { Tickets } from '../access/tickets.js';
import { httpStage } from './test/http-stage.js';

test('one is told who one is, and nobody is nobody', async () => {
  const { ask } = await httpStage({ mayCreate: ({ kind }) => kind === 'user' });
  expect((await ask('u-ann', 'GET', '/api/v1/me')).body).toEqual({
    person: 'u-ann',
    name: 'ann',
    email: 'ann@example.org',
    color: null,
    kind: 'user',
    mayCreate: true,
    isOpen: false,
    signInUrl: null,
  });
  expect((await ask('', 'GET', '/api/v1/me')).body).toMatchObject({ person: '', kind: 'nobody', mayCreate: false });
  expect((await ask('u-eve', 'GET', '/api/v1/me')).status).toBe(401);
});

test('a guest gets an identity where guests come in, and is told so where they do not', async () => {
  const { ask } = await httpStage();
  const { body } = await ask('', 'POST', '/api/v1/guests', {});
  expect([body.guest, body.person]).toEqual([expect.stringMatching(/^eyJ/), expect.stringMatching(/^g-/)]);
  const { ask: askClosed } = await httpStage({ http: { guests: null } });
  expect(await askClosed('', 'POST', '/api/v1/guests', {})).toMatchObject({
    status: 403,
    body: { error: { code: 'NO_GUESTS' } },
  });
});

test('a ticket stands for who asked, for one document if it is asked for one', async () => {
  const tickets = new Tickets();
  const { ask } = await httpStage({ http: { tickets } });
  const whole = (await ask('u-ann', 'POST', '/api/v1/tickets', {})).body;
  expect(whole.expiresAtMs).toBeGreaterThan(Date.now());
  expect(tickets.redeem(whole.ticket)).toMatchObject({ person: 'u-ann', scope: null });
  expect(tickets.redeem(whole.ticket)).toBeNull();
  const bound = (await ask('u-ann', 'POST', '/api/v1/tickets', { document: 'notes/a' })).body;
  expect(tickets.redeem(bound.ticket)).toMatchObject({ scope: { document: 'notes/a', linkHash: null } });
  const link = `wl_${'a'.repeat(43)}`;
  const linked = (await ask('', 'POST', '/api/v1/tickets', { document: 'notes/a', link })).body;
  expect(tickets.redeem(linked.ticket)?.scope?.linkHash).toMatch(/^[\w-]{43}$/);
  for (const bad of [{ link }, { document: 7 }, { document: '../x' }, { document: 'a', link: 'short' }]) {
    expect((await ask('u-ann', 'POST', '/api/v1/tickets', bad)).status, JSON.stringify(bad)).toBe(400);
  }
});
