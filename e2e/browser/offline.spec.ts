// Writing without a connection: the page says so, keeps what is written, and brings it together when the wire is whole
// again. Nobody leaves with unsaved words without being asked.

import { expect, test as story } from './story.js';
import { TcpProxy } from './tcp-proxy.js';

/** With a wire of its own for one of the writers, which may break. */
const test = story.extend<{ wire: TcpProxy }>({
  wire: async ({ server }, use) => {
    const wire = await TcpProxy.start(server.port);
    await use(wire);
    await wire.cut();
  },
});

test('two people write apart and find their texts together', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ann.type('First line\nSecond line');
  await ben.open(`${wire.url}/d/apart`);
  await expect(ben.saveLine).toHaveText(/^Saved/);
  await expect(ben.page.getByRole('button', { name: /Ann Ek/ })).toBeVisible();

  await wire.cut();
  await expect(ben.saveLine).toHaveText('Offline · what you write is kept in this tab');
  await expect(ben.page.getByRole('group', { name: 'Only you are here' })).toBeVisible();
  await expect(ben.caretOf('Ann Ek')).toHaveCount(0);
  await expect(ann.page.getByRole('group', { name: 'Only you are here' })).toBeVisible();

  await ben.goToEndOf(1);
  await ben.type(', by Ben');
  await ann.goToEndOf(0);
  await ann.type(', by Ann');
  await ann.goToEndOf(1);
  await ann.press('Home');
  await ann.type('The s');
  await ann.press('Delete');
  await expect(ben.saveLine).toHaveText('Offline · 8 changes kept in this tab');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');

  await wire.mend();
  for (const writer of [ann, ben]) {
    await expect.poll(() => writer.blocks()).toEqual(['First line, by Ann', 'The second line, by Ben']);
    await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
    await expect(writer.page.getByRole('group', { name: '2 people here' })).toBeVisible();
  }
});

test('deletions made elsewhere meanwhile arrive, too (J1)', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ann.type('Too many words here');
  await ben.open(`${wire.url}/d/apart`);
  await wire.cut();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  for (const _ of ' here') await ann.press('Backspace');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await wire.mend();
  await expect.poll(() => ben.blocks()).toEqual(['Too many words']);
});

test('a connection that hangs is no place where anything is saved', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ben.open(`${wire.url}/d/apart`);
  wire.hold();
  await ben.text.click();
  await ben.type('Into the void');
  await expect(ben.saveLine).toHaveText('Saving…');
  await ann.text.click();
  await ann.type('Here');
  await expect(ann.saveLine).toHaveText(/^Saved/);
  await expect.poll(() => ann.blocks()).toEqual(['Here']);
  await expect.poll(() => ben.blocks()).toEqual(['Into the void']);
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saving');

  await wire.mend();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect.poll(async () => (await ann.blocks()).toSorted()).toEqual(['Here', 'Into the void']);
  await expect.poll(() => ben.blocks()).toEqual(await ann.blocks());
});

test('who closes the tab with unsaved changes is asked, and who has none is not', async ({ wire, join }) => {
  const ben = await join('Ben Ro');
  await ben.open(`${wire.url}/d/apart`);
  await ben.type('Safe');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await wire.cut();
  await ben.type(' and not');
  await expect(ben.saveLine).toHaveText(/^Offline · \d changes kept/);

  const asked = ben.page.waitForEvent('dialog');
  await ben.page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();
  expect(await ben.blocks()).toEqual(['Safe and not']);

  await wire.mend();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  const closed = ben.page.waitForEvent('close');
  ben.page.on('dialog', (dialog) => ben.errors.push(`was asked for no reason: ${dialog.type()}`));
  await ben.page.close({ runBeforeUnload: true });
  await closed;
});

test('what was not saved yet outlives a visit to the list of documents', async ({ wire, join, server }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ben.open(`${wire.url}/d/apart`);
  await wire.cut();
  await ben.type('Written offline');
  await ben.page.getByRole('link', { name: 'All documents' }).click();
  await expect(ben.page.getByRole('heading', { name: 'Documents', level: 1 })).toBeVisible();
  await wire.mend();
  await ann.open(`${server.url}/d/apart`);
  await expect.poll(() => ann.blocks()).toEqual(['Written offline']);
});
