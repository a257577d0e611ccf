// What must not be lost, whatever becomes of its page and its document: it is kept, sent, or a draft that outlives the page.

import { CloseCode, type ServerMessage } from '@weft/protocol';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { entries, opened, saved, turn, writer } from '../test/fake-server.js';
import { disk, type KeptPage, keep, newClientId, open, textOf, withKeptPages } from '../test/kept-page.js';
import type { Draft } from './drafts.js';

withKeptPages();

describe('what must not be lost', () => {
  test('is kept in the turn in which it was typed', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    await turn();
    first.type('x');
    first.kill();
    const second = await open();
    expect([second.text, second.document.isKept]).toEqual(['x', true]);
  });

  test('is a draft that outlives the page, when the document was replaced meanwhile', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('mine');
    const [update] = await first.updates();
    first.server.say(saved(update!.clientSeq, 1));
    await keep();
    first.type(' and unsent');
    await turn();
    first.kill();

    const second = await open();
    await second.connect();
    second.server.say(opened({ epoch: 2 }));
    await second.heard();
    second.server.say(opened({ epoch: 2, channel: 2 }));
    await turn();
    expect([second.text, second.document.drafts.length]).toEqual(['', 1]);
    second.kill();

    const third = await open();
    expect(third.text).toBe('');
    expect(third.document.drafts.map(({ doc }) => doc.getText('t').toString())).toEqual(['mine and unsent']);
    expect(third.document.saveState).toMatchObject({ changes: 0 });
    third.document.dismissDraft(third.document.drafts[0]!);
    third.kill();
    expect((await open()).document.drafts).toEqual([]);
  });

  test('is a draft, too, when another page has the newer document already', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('old base');
    const [update] = await first.updates();
    first.server.say(saved(update!.clientSeq, 1));
    await keep();
    const second = await open();
    first.server.socket.breakOff();
    first.type(', old text');
    await turn();
    first.kill();
    await second.connect();
    second.server.say(opened({ epoch: 2 }));
    await second.heard();
    second.server.say(opened({ epoch: 2, channel: 2 }));
    await keep();
    second.kill();

    const third = await open();
    expect([third.text, third.document.saveState]).toMatchObject(['', { changes: 0 }]);
    const drafts = third.document.drafts.map(({ doc }) => doc.getText('t').toString());
    expect(drafts).toContain('old base, old text');
    await keep();
    third.kill();
    await open();
    await keep();
    const { copies, unsent } = await disk.page().read({ document: 'a', kind: 'content' });
    expect([copies.map(({ epoch }) => epoch), unsent]).toEqual([[2], []]);
  });

  test('is a draft when it is refused, also after the page was killed in the middle of that (S2)', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('too much');
    const [update] = await first.updates();
    first.server.say({
      type: 'Refused',
      channel: 1,
      clientSeq: update!.clientSeq,
      code: 'cannot-merge',
      reason: 'No.',
    });
    await turn();
    expect(first.document.drafts).toHaveLength(1);
    first.kill();

    const second = await open();
    await second.connect();
    second.server.say(opened());
    const [again] = await second.updates();
    second.server.say({
      type: 'Refused',
      channel: 1,
      clientSeq: again!.clientSeq,
      code: 'cannot-merge',
      reason: 'No.',
    });
    await second.heard();
    second.server.say(opened({ channel: 2 }));
    await turn();
    second.kill();
    const third = await open();
    expect([third.text, third.document.drafts.map(({ reason }) => reason)]).toEqual(['', ['No.']]);
    expect(third.document.saveState).toMatchObject({ changes: 0 });
  });

  test('stays as a draft when access is lost, and nothing else does (S4)', async () => {
    const page = await open();
    await page.connect();
    page.server.say(opened());
    page.type('saved');
    const [update] = await page.updates();
    page.server.say(saved(update!.clientSeq, 1));
    await keep();
    page.type(' and not');
    await page.heard();
    page.server.say({ type: 'Closed', ref: 0, channel: 1, code: CloseCode.NoAccess, reason: 'Not any more.' });
    page.kill();
    const { copies, unsent, drafts } = await disk.page().read({ document: 'a', kind: 'content' });
    expect([copies, unsent]).toEqual([[], []]);
    expect(drafts.map(({ state }) => textOf(state))).toEqual(['saved and not']);
  });
});

describe('a draft', () => {
  /** A page on which "mine" was refused, and that goes on with "both ", which is what the server has. */
  async function refusedPage(): Promise<{ page: KeptPage; draft: Draft; shared: Uint8Array }> {
    const page = await open();
    await page.connect();
    const shared = writer(7).type('both ');
    page.server.say(opened({ head: 1 }), entries(1, shared));
    page.type('mine');
    await page.updates();
    page.server.say({ type: 'Refused', channel: 1, clientSeq: 1, code: 'cannot-merge', reason: 'No.' });
    await page.heard();
    page.server.say(opened({ channel: 2, head: 1 }), { ...entries(1, shared), channel: 2 } as ServerMessage);
    page.document.acknowledgeRefusal();
    await keep();
    return { page, draft: page.document.drafts[0]!, shared };
  }

  const storedDrafts = async () => (await disk.page().read({ document: 'a', kind: 'content' })).drafts;

  test('is put back as if it were typed now, and leaves the store when it is kept as unsaved text', async () => {
    const { page, draft, shared } = await refusedPage();
    expect([page.text, textOf(Y.encodeStateAsUpdate(draft.doc))]).toEqual(['both ', 'both mine']);
    expect(page.document.bringIn(draft.doc)).toBe('written');
    page.document.dismissDraft(draft);
    expect([page.text, page.document.saveState]).toMatchObject(['both mine', { kind: 'saving', changes: 1 }]);
    const [update] = await page.updates();
    expect(textOf(shared, update!.update)).toBe('both mine');
    const authors = Y.decodeUpdate(update!.update).structs.map(({ id }) => id.client);
    expect(authors).not.toContain(draft.doc.clientID);
    page.kill();
    const again = await open();
    expect([again.document.drafts, again.document.saveState]).toMatchObject([[], { changes: 1 }]);
  });

  test('has nothing new once it was put back, and does not fit where what it builds on is not', async () => {
    const { page, draft, shared } = await refusedPage();
    const blank = page.connection.open('blank', { clientId: newClientId });
    await turn();
    expect(() => blank.bringIn(draft.doc)).toThrow('"blank"');
    await page.heard();
    page.server.say(opened({ ref: 3, channel: 3 }));
    const inBlank = () => blank.doc.getText('t').toString();
    expect([blank.bringIn(draft.doc), inBlank()]).toEqual(['written', 'both mine']);

    // The same words, as an import has them, are other text; and text without what it stands in is none.
    const imported = writer(8);
    imported.type('both mine');
    expect(page.document.bringIn(imported.doc)).toBe('does-not-fit');
    const part = new Y.Doc();
    Y.applyUpdate(part, shared);
    const later = writer(8);
    later.type('gone');
    later.type(' on it');
    Y.applyUpdate(part, later.updates[1]!);
    expect([page.document.bringIn(part), page.text]).toEqual(['does-not-fit', 'both ']);
    const same = new Y.Doc();
    Y.applyUpdate(same, Y.encodeStateAsUpdate(page.document.doc));
    expect([page.document.bringIn(same), page.document.saveState.kind]).toEqual(['nothing-new', 'saved']);
  });

  test('that was dismissed can be taken back', async () => {
    const { page, draft } = await refusedPage();
    page.document.dismissDraft(draft);
    await keep();
    expect([page.document.drafts, await storedDrafts()]).toEqual([[], []]);
    page.document.takeBackDraft(draft);
    page.document.takeBackDraft(draft);
    await keep();
    expect([page.document.drafts, await storedDrafts()]).toMatchObject([[draft], [{ id: draft.id }]]);
  });
});
