import { CloseCode } from '@weft/protocol';
import type { ConnectionStatus } from '@weft/provider';
import type { TemplateResult } from 'lit';
import { expect, test, vi } from 'vitest';
import { problemOf } from './problems.js';

const nothing = () => undefined;
const page = vi.hoisted(() => ({ language: 'en' }));
vi.mock('@weft/words/writing', async (original) =>
  Object.defineProperty({ ...(await original<object>()) }, 'languageTag', { get: () => page.language }),
);

const problem = (connection: ConnectionStatus, { hasText = true, isKept = true } = {}) =>
  problemOf({
    end: null,
    connection,
    isSignedOut: false,
    signIn: null,
    readOnlyReason: null,
    hasText,
    isCopied: false,
    save: { kind: 'offline', changes: 1 },
    isKept,
    drafts: [],
    readAt: '/',
    actions: { copy: nothing, retry: nothing, reload: nothing, dismiss: nothing, showAnew: nothing },
  });

function said(connection: ConnectionStatus, facts = {}): string | null {
  const told = problem(connection, facts);
  return told && `${told.title}. ${told.text}`;
}

test('a page that is older than the server is to be reloaded; one that is newer only waits', () => {
  const stopped = { kind: 'stopped', code: CloseCode.VersionUnsupported, reason: '' } as const;
  const waiting = { kind: 'waiting', retryAtMs: 0, lacks: 'newer-server' } as const;
  expect(said(stopped)).toBe('The server has been updated. This page is from before. Reload it.');
  expect(said(waiting)).toBe(
    'The server is older than this page. It goes on by itself once whoever runs the server has updated it. ' +
      'What you write is kept on this device, and it is saved then.',
  );
  expect(said(waiting, { isKept: false })).toContain('kept on this page: leave it open, and');
  expect(said(waiting, { hasText: false })).not.toContain('What you write');
});

test('a connection that only breaks is no problem of its own: the save state says it', () => {
  expect(said({ kind: 'waiting', retryAtMs: 0, lacks: 'connection' })).toBeNull();
});

test('a reason in English for which the page has no words says so to whoever reads it aloud', () => {
  const stopped = { kind: 'stopped', code: 4499, reason: 'the moon is full' } as const;
  expect(said(stopped, { hasText: false })).toBe('The server has ended the connection. The moon is full.');
  page.language = 'de';
  const text = problem(stopped)?.text;
  page.language = 'en';
  if (typeof text !== 'object') throw new Error(`It is not marked: ${text}`);
  const [why] = text.values as [TemplateResult];
  expect(why.strings.join('…')).toBe('<span lang="en">…</span>');
  expect(why.values).toEqual(['The moon is full.']);
});
