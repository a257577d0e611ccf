import { expect, test } from 'vitest';
import { NOBODY } from './identity.js';
import { makeToken, nameOf, START_MS, startAccess } from './test/access-harness.js';
import { MAX_TICKETS_PER_PERSON, TICKET_LIFETIME_MS, Tickets } from './tickets.js';

const ann = { ...NOBODY, person: 'u-ann', kind: 'user' } as const;

test('a ticket lets in once whoever asked for it, as who they are', () => {
  const tickets = new Tickets(() => START_MS);
  const { ticket, expiresAtMs } = tickets.make(ann);
  expect(ticket).toMatch(/^wt_[\w-]{43}$/);
  expect(expiresAtMs).toBe(START_MS + 30_000);
  expect(tickets.redeem(ticket)).toEqual(ann);
  expect(tickets.redeem(ticket)).toBeNull();
});

test('of 100 who show one ticket at once, one is let in', async () => {
  const { access, tickets } = await startAccess();
  const identity = await access.identify({ token: await makeToken(), guest: '' });
  const { ticket } = await tickets.make(identity);
  const shown = Array.from({ length: 100 }, () => access.identify({ token: ticket, guest: '' }));
  const outcomes = await Promise.allSettled(shown);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') expect(outcome.value).toEqual(identity);
    else expect(outcome.reason).toMatchObject({ code: 'UNAUTHORIZED' });
  }
});

test('one address does not use up the tickets of people without identity elsewhere', () => {
  const tickets = new Tickets(() => START_MS);
  const make = (address: string) => tickets.make(NOBODY, null, address).ticket;
  const made = Array.from({ length: MAX_TICKETS_PER_PERSON }, () => make('192.0.2.1'));
  expect(() => make('192.0.2.1')).toThrow('Too many tickets');
  expect(tickets.redeem(make('192.0.2.2'))).toEqual(NOBODY);
  tickets.redeem(made[0]!);
  make('192.0.2.1');
});

test('a ticket ends after half a minute, and a changed one is none', () => {
  let nowMs = START_MS;
  const tickets = new Tickets(() => nowMs);
  const { ticket } = tickets.make(ann);
  expect(tickets.redeem(`${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}`)).toBeNull();
  expect(tickets.redeem('')).toBeNull();
  expect(tickets.redeem(`wt_${'A'.repeat(100_000)}`)).toBeNull();
  nowMs += TICKET_LIFETIME_MS;
  expect(tickets.redeem(ticket)).toBeNull();
});

test('a ticket for a document is for that one alone, and its holder gets no wider one for it', async () => {
  const { access, tickets } = await startAccess();
  const token = await makeToken({ claims: { weft: { roles: { '**': 'editor' } } } });
  const identity = await access.identify({ token, guest: '' });
  const { ticket } = await tickets.make(identity, { document: nameOf('notes/a'), linkHash: null });
  const bound = await access.identify({ token: ticket, guest: '' });
  const roleIn = async (name: string, who = bound) => (await access.watch(who, nameOf(name), '', () => undefined)).role;
  expect(await roleIn('notes/a')).toBe('editor');
  expect(await roleIn('notes/b')).toBeNull();
  expect(access.mayCreate(bound, nameOf('notes/b'))).toBe(false);
  const again = await tickets.make(bound, { document: nameOf('notes/b'), linkHash: null });
  expect(await roleIn('notes/b', await access.identify({ token: again.ticket, guest: '' }))).toBeNull();
});

test('a ticket is worth nothing once its holder is revoked', async () => {
  const { access, tickets, revocations } = await startAccess();
  const identity = await access.identify({ token: await makeToken(), guest: '' });
  const { ticket } = await tickets.make(identity);
  await revocations.revoke({ person: identity.person });
  await expect(access.identify({ token: ticket, guest: '' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('a person has so many tickets at once, and nobody else is kept from theirs by that', () => {
  let nowMs = START_MS;
  const tickets = new Tickets(() => nowMs);
  const made = Array.from({ length: MAX_TICKETS_PER_PERSON }, () => tickets.make(ann).ticket);
  expect(() => tickets.make(ann)).toThrow(expect.objectContaining({ code: 'TOO_MANY' }));
  tickets.make({ ...ann, person: 'u-ben' });
  tickets.redeem(made[0]!);
  tickets.make(ann);
  expect(() => tickets.make(ann)).toThrow(expect.objectContaining({ code: 'TOO_MANY' }));
  nowMs += TICKET_LIFETIME_MS;
  for (let n = 0; n < MAX_TICKETS_PER_PERSON; n++) tickets.make(ann);
});
