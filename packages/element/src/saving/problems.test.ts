import { CloseCode } from '@weft/protocol';
import type { ConnectionStatus } from '@weft/provider';
import { expect, test } from 'vitest';
import { problemOf } from './problems.js';

const nothing = () => undefined;

function said(connection: ConnectionStatus, { hasText = true, isKept = true } = {}) {
  const problem = problemOf({
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
    actions: { copy: nothing, retry: nothing, reload: nothing, dismiss: nothing },
  });
  return problem && `${problem.title}. ${problem.text}`;
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
