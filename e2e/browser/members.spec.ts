// People who are known: they sign in, share, are let in, and are out when they are out.

import { answerService, expect, hostToken, signIn, test } from './members.js';
import type { Writer } from './writer.js';

test('somebody signs in, begins a document, and signs out', async ({ server, join }) => {
  const ann = await join('somebody');
  const { page } = ann;
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'Sign in to see your documents' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'New document' })).toBeHidden();
  await signIn(page, 'ann');
  await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
  await page.getByRole('button', { name: 'New document' }).click();
  await expect(ann.text).toBeFocused();
  await ann.type('Mine');
  await expect(ann.saveLine).toHaveText(/^Saved · /);

  await page.getByRole('button', { name: 'Ann Ek (you): your account' }).click();
  const you = page.getByRole('dialog', { name: 'You' });
  await expect(you).toContainText('ann@example.org');
  await you.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to see your documents' })).toBeVisible();
  await expect(page.getByRole('listitem')).toHaveCount(0);
});

test('a document is shared by email, changed and taken back, with a way back', async ({ member }) => {
  const [ann, ben] = [await member('ann'), await member('ben')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  await ann.title.fill('Plans');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  const address = ann.page.url();
  await ben.page.goto(address);
  await expect(ben.page.getByRole('heading', { name: 'You cannot open this document' })).toBeVisible();

  const share = await openShare(ann.page);
  await share.getByRole('textbox', { name: 'Email' }).fill('Ben@Example.org');
  await share.getByRole('combobox', { name: 'What they may do' }).selectOption('Can read');
  await share.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(share.getByRole('status')).toContainText('ben@example.org can read from now on.');

  await ben.open(address);
  await expect(ben.saveLine).toHaveText('You can read');
  await expect(ben.toolbar).toBeHidden();
  await share.getByRole('combobox', { name: 'What ben@example.org may do' }).selectOption('Can edit');
  await expect(ben.toolbar).toBeVisible();
  await ben.text.click();
  await ben.type('Hello');
  await expect.poll(() => ann.blocks()).toEqual(['Hello']);

  await share.getByRole('button', { name: 'Remove ben@example.org' }).click();
  await expect(ben.page.getByRole('heading', { name: 'You can no longer open this document' })).toBeVisible();
  await expect(share.getByRole('button', { name: 'Undo' })).toBeFocused();
  await ann.press('Enter');
  await expect(share.getByRole('combobox', { name: 'What ben@example.org may do' })).toHaveValue('editor');
  await ben.open(address);
  await expect.poll(() => ben.blocks()).toEqual(['Hello']);
  // The list says what a document was called a moment ago (J4).
  await expect(async () => {
    await ben.page.goto(new URL('/', address).href);
    await expect(ben.page.getByRole('listitem')).toContainText('Plans', { timeout: 500 });
  }).toPass({ timeout: 15_000 });
});

test('the past is for those who write, and bringing it back for its owner', async ({ member }) => {
  const [ann, ben] = [await member('ann'), await member('ben')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  await ann.type('The price is 12.');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  const share = await openShare(ann.page);
  await share.getByRole('textbox', { name: 'Email' }).fill('ben@example.org');
  await share.getByRole('combobox', { name: 'What they may do' }).selectOption('Can read');
  await share.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(share.getByRole('status')).toContainText('ben@example.org can read from now on.');
  const address = ann.page.url().replace('/d/', '/history/');

  await ben.page.goto(address);
  await expect(ben.page.getByRole('heading', { name: 'The past is for those who write here' })).toBeVisible();
  await share.getByRole('combobox', { name: 'What ben@example.org may do' }).selectOption('Can edit');
  await expect(share.getByRole('status')).toContainText('can edit');
  await ben.page.reload();
  const past = ben.page.getByRole('document', { name: 'The text at this moment' });
  await expect(past.locator('ins')).toHaveText('The price is 12.');
  await expect(ben.page.getByRole('list', { name: 'Who changed something' })).toHaveText(/Ann Ek\s*\+16/);
  await ben.page.getByRole('combobox', { name: 'Compared with' }).selectOption('the beginning');
  await ben.page.getByRole('button', { name: 'Name this moment…' }).click();
  await ben.page.getByRole('textbox', { name: 'Name' }).fill('Agreed');
  await ben.press('Enter');
  await expect(ben.page.getByText('Looking at “Agreed”')).toBeVisible();
  await expect(ben.page.getByRole('button', { name: 'Bring it back' })).toHaveCount(0);

  await ann.page.goto(ben.page.url());
  await expect(ann.page.getByRole('button', { name: 'Bring it back' })).toBeVisible();
});

test('a guest comes by a link, whose secret leaves the address bar, and is out when it is revoked', async ({
  member,
  join,
}) => {
  const [ann, guest] = [await member('ann'), await join('Quiet Heron')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  await ann.type('For the press.');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  const share = await openShare(ann.page);
  await share.getByRole('textbox', { name: 'For whom the link is' }).fill('Press');
  await share.getByRole('combobox', { name: 'What the link lets one do' }).selectOption('Can edit');
  await share.getByRole('combobox', { name: 'How long the link works' }).selectOption('1 week');
  await share.getByRole('button', { name: 'Make a link' }).click();
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await share.getByRole('button', { name: 'Copy the link Press' }).click();
  const link = await copiedLink(ann);

  const sent: string[] = [];
  guest.page.on('request', (request) => sent.push(request.url()));
  await guest.open(link);
  await expect(guest.page).toHaveURL(link.split('#')[0]!);
  await expect.poll(() => guest.blocks()).toEqual(['For the press.']);
  await guest.text.click();
  await guest.press('Control+End');
  await guest.type(' Thank you.');
  await expect.poll(() => ann.blocks()).toEqual(['For the press. Thank you.']);
  const secret = link.split('#link=')[1]!;
  expect(sent.filter((url) => url.includes(secret))).toEqual([]);
  // A reload needs no link, and neither does coming back later.
  await guest.page.reload();
  await expect.poll(() => guest.blocks()).toEqual(['For the press. Thank you.']);

  const gone = guest.page.getByRole('heading', { name: 'You can no longer open this document' });
  const out = gone.waitFor().then(() => performance.now());
  const revoked = performance.now();
  await share.getByRole('button', { name: 'Revoke the link Press' }).click();
  const outAfterMs = (await out) - revoked;
  expect(outAfterMs, 'milliseconds from the press of the button to the page').toBeLessThan(1_000);
  await guest.page.reload();
  await expect(guest.page.getByRole('heading', { name: 'You cannot open this document' })).toBeVisible();
});

test('who loses the right to write while typing keeps the text, and goes on when it is back', async ({ member }) => {
  const [ann, ben] = [await member('ann'), await member('ben')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  await ann.type('Begun.');
  const share = await openShare(ann.page);
  await share.getByRole('textbox', { name: 'Email' }).fill('ben@example.org');
  await share.getByRole('button', { name: 'Add', exact: true }).click();
  const ofBen = share.getByRole('combobox', { name: 'What ben@example.org may do' });
  await ben.open(ann.page.url());
  await ben.text.click();
  await ben.press('Control+End');
  const typing = ben.type(' Words that go on and on, and are cut off somewhere on their way.', 15);
  await expect(ben.text).toContainText('Words');
  await ofBen.selectOption('Can comment');
  await typing;
  await expect(ben.saveLine).toHaveText('You can read and comment');
  await expect(ben.toolbar).toBeHidden();
  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  // What he sees is what is saved; were there more, it would be kept in a draft and said.
  await expect(async () => expect(await ben.blocks()).toEqual(await ann.blocks())).toPass({ timeout: 5_000 });
  const [written = ''] = await ann.blocks();

  await ofBen.selectOption('Can edit');
  await expect(ben.toolbar).toBeVisible();
  await ben.text.click();
  await ben.press('Control+End');
  await ben.type(' Again.');
  await expect.poll(() => ann.blocks()).toEqual([`${written} Again.`]);
});

test('who may not asks, and is let in', async ({ server, member }) => {
  const [ann, ben] = [await member('ann'), await member('ben')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  await ann.type('Secret plans');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  const address = ann.page.url();
  await ben.page.goto(address);
  await expect(ben.page.getByText('You are signed in as ben@example.org')).toBeVisible();
  await ben.page.getByRole('button', { name: 'Ask to be let in' }).click();
  await expect(ben.page.getByText('Your question was sent.')).toBeVisible();
  // One that is not there is answered alike.
  await ben.page.goto(`${server.url}/d/no-such-document`);
  await expect(ben.page.getByRole('heading', { name: 'You cannot open this document' })).toBeVisible();
  await ben.page.getByRole('button', { name: 'Ask to be let in' }).click();
  await expect(ben.page.getByText('Your question was sent.')).toBeVisible();

  // The owner is told without having opened anything: here because the page is looked at again.
  await ann.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const shareButton = ann.page.getByRole('button', { name: 'Share', exact: true });
  await expect(shareButton).toHaveAccessibleDescription('Somebody waits to be let in.');
  const share = await openShare(ann.page);
  const waiting = share.getByRole('region', { name: 'Waiting to be let in' });
  await expect(waiting).toContainText('Ben Ro');
  await waiting.getByRole('combobox', { name: 'Let Ben Ro in' }).selectOption('Can edit');
  await expect(waiting).toBeHidden();
  await expect(share.getByRole('combobox', { name: 'What Ben Ro may do' })).toHaveValue('editor');
  await expect(shareButton).not.toHaveAttribute('aria-description');
  await ben.open(address);
  await expect.poll(() => ben.blocks()).toEqual(['Secret plans']);
  // Let in again, one need not do anything: the page looks by itself.
  await share.getByRole('button', { name: 'Remove Ben Ro' }).click();
  await expect(share.getByRole('status')).toContainText('Ben Ro was removed and cannot open this document any more.');
  await expect(ben.page.getByRole('heading', { name: 'You can no longer open this document' })).toBeVisible();
  await share.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => ben.blocks(), { timeout: 10_000 }).toEqual(['Secret plans']);
});

test('the owner’s own address adds nobody, and who is removed may still come by a link', async ({ member }) => {
  const ann = await member('ann');
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  const share = await openShare(ann.page);
  const add = async (email: string) => {
    await share.getByRole('textbox', { name: 'Email' }).fill(email);
    await share.getByRole('button', { name: 'Add', exact: true }).click();
  };
  await add('ann@example.org');
  await expect(share.getByRole('status')).toContainText('ann@example.org owns this document');
  await expect(share.getByRole('combobox', { name: 'What ann@example.org may do' })).toHaveCount(0);
  await add('ben@example.org');
  await share.getByRole('button', { name: 'Make a link' }).click();
  await expect(share.getByRole('status')).toContainText('The link is made.');
  await share.getByRole('button', { name: 'Remove ben@example.org' }).click();
  await expect(share.getByRole('status')).toContainText('Whoever has a link can still open this document.');
});

test('a new link opens the page that the old one opens no more', async ({ member, join }) => {
  const [ann, guest] = [await member('ann'), await join('Quiet Heron')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  await ann.type('For the press.');
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const share = await openShare(ann.page);
  const makeLink = async (): Promise<string> => {
    await share.getByRole('button', { name: 'Make a link' }).click();
    await ann.page.evaluate(() => navigator.clipboard.writeText(''));
    await share.getByRole('button', { name: /^Copy the link/ }).click();
    return copiedLink(ann);
  };
  await guest.page.goto(await makeLink());
  await expect.poll(() => guest.blocks()).toEqual(['For the press.']);
  await share.getByRole('button', { name: /^Revoke the link/ }).click();
  await expect(guest.page.getByRole('heading', { name: 'You can no longer open this document' })).toBeVisible();
  await expect(guest.page.getByRole('button', { name: 'Ask to be let in' })).toBeVisible();
  // Into the address bar of the same page: the browser loads nothing for what follows the #.
  const hash = new URL(await makeLink()).hash;
  await guest.page.evaluate((fragment) => location.replace(fragment), hash);
  await expect.poll(() => guest.blocks()).toEqual(['For the press.']);
  await expect(guest.page).not.toHaveURL(/#/);
});

test('a guest who signs in keeps writing, and what they wrote is theirs', async ({ member, join }) => {
  const [ann, guest] = [await member('ann'), await join('Quiet Heron')];
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.waitFor();
  const share = await openShare(ann.page);
  await share.getByRole('combobox', { name: 'What the link lets one do' }).selectOption('Can edit');
  await share.getByRole('button', { name: 'Make a link' }).click();
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await share.getByRole('button', { name: /^Copy the link/ }).click();
  await guest.open(await copiedLink(ann));
  await guest.text.click();
  await guest.type('As a guest.');
  await expect(guest.saveLine).toHaveText(/^Saved · /);
  await guest.page.getByRole('button', { name: /^Quiet Heron \(you\)/ }).click();
  await guest.page.getByRole('dialog', { name: 'You' }).getByRole('link', { name: 'Sign in' }).click();
  await answerService(guest.page, 'cleo');
  await guest.text.waitFor();
  await expect(guest.page.getByRole('button', { name: 'Cleo Vi (you): your account' })).toBeVisible();
  await guest.text.click();
  await guest.press('Control+End');
  await guest.type(' As myself.');
  await expect(guest.saveLine).toHaveText(/^Saved · /);
  await expect.poll(() => ann.blocks()).toEqual(['As a guest. As myself.']);
  await expect.poll(() => guest.page.evaluate(() => localStorage.getItem('weft.guest'))).toBeNull();
});

test('one who is signed in can come with another account', async ({ member, server }) => {
  const { page } = await member('ben');
  await page.goto(`${server.url}/d/somewhere`);
  await page.getByRole('link', { name: 'Use another account' }).click();
  await answerService(page, 'cleo');
  await expect(page.getByText('You are signed in as cleo@example.org')).toBeVisible();
});

test('who says no at the service is told so, and can try again', async ({ server, join }) => {
  const { page } = await join('somebody');
  await page.goto(server.url);
  await page.getByRole('link', { name: 'Sign in' }).first().click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await page.getByRole('link', { name: 'Try again' }).click();
  await answerService(page, 'ann');
  await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
});

test('a page whose sign-in has ended says so beside the text, and goes on after signing in again', async ({
  member,
}) => {
  const ann = await member('ann');
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await ann.text.click();
  await ann.type('Before.');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  const other = await ann.context.newPage();
  await other.goto(new URL('/', ann.page.url()).href);
  await other.getByRole('button', { name: 'Ann Ek (you): your account' }).click();
  await other.getByRole('button', { name: 'Sign out' }).click();
  const alert = ann.page.getByRole('alert');
  await expect(alert).toContainText('You are signed out.');
  // The service knows her still: she comes in again in a window of its own, and the page goes on by itself.
  const opening = ann.context.waitForEvent('page');
  await alert.getByRole('link', { name: 'Sign in' }).click();
  await expect((await opening).getByRole('heading', { name: 'Documents', level: 1 })).toBeVisible();
  await ann.page.bringToFront();
  await expect(alert).toHaveCount(0, { timeout: 20_000 });
  await ann.goToEndOf(0);
  await ann.type(' After.');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  expect(await ann.blocks()).toEqual(['Before. After.']);
});

test('an application leads its people in by a ticket, which works once', async ({ server, join, request }) => {
  const hanna = await join('somebody');
  const { ticket } = await (
    await request.post(`${server.url}/api/v1/tickets`, {
      headers: { authorization: `Bearer ${hostToken('hanna', 'Hanna')}` },
      data: {},
    })
  ).json();
  await hanna.page.goto(`${server.url}/auth/ticket?ticket=${ticket}&to=/`);
  await expect(hanna.page.getByRole('button', { name: 'Hanna (you): your account' })).toBeVisible();
  await expect(hanna.page).toHaveURL(`${server.url}/`);
  await hanna.page.getByRole('button', { name: 'New document' }).click();
  await hanna.text.click();
  await hanna.type('From the application.');
  await expect(hanna.saveLine).toHaveText(/^Saved · /);

  const other = await join('somebody else');
  await other.page.goto(`${server.url}/auth/ticket?ticket=${ticket}&to=/`);
  await expect(other.page.getByText('The address you came by works once')).toBeVisible();
});

/** What the share dialog has put on the clipboard. */
async function copiedLink(writer: Writer): Promise<string> {
  await expect.poll(() => writer.clipboard()).toMatch(/#link=[\w-]{20,}$/);
  return writer.clipboard();
}

async function openShare(page: import('@playwright/test').Page) {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const share = page.getByRole('dialog', { name: /^Share/ });
  await expect(share.getByRole('textbox', { name: 'Email' })).toBeVisible();
  return share;
}
