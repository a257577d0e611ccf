// What can stand between a writer and their document, the worst first: one decision, and one way to show it.
// Every one says what happened, what it means for the text, and what to do.

import { CloseCode } from '@weft/protocol';
import type { ConnectionStatus, Draft, SaveState } from '@weft/provider';
import { html, nothing, type TemplateResult } from 'lit';
import { icons } from '../ui/icons.js';

export interface Problem {
  readonly title: string;
  readonly text: string;
  readonly tone: 'warn' | 'bad';
  readonly controls: TemplateResult;
}

interface Facts {
  readonly end: { readonly code: number; readonly reason: string } | null;
  readonly connection: ConnectionStatus;
  /** The sign-in has ended by itself. */
  readonly isSignedOut: boolean;
  /** Leads to where one signs in, in a window of its own; null where nobody does. */
  readonly signIn: TemplateResult | null;
  readonly readOnlyReason: string | null;
  /** The document has been on the screen: there is something to lose. */
  readonly hasText: boolean;
  /** The text was put on the clipboard a moment ago. */
  readonly isCopied: boolean;
  readonly save: SaveState | null;
  /** What is unsaved, and every draft, is on this device beyond the page. */
  readonly isKept: boolean;
  /** Texts that could not be merged and were not dismissed yet. */
  readonly drafts: readonly Draft[];
  /** Where the newest of them is read; null where there is no such page. */
  readonly readAt: string | null;
  readonly actions: {
    readonly copy: () => void;
    readonly retry: () => void;
    readonly reload: () => void;
    readonly dismiss: () => void;
  };
}

export function problemOf({
  end,
  connection,
  isSignedOut,
  signIn,
  readOnlyReason,
  hasText,
  isCopied,
  save,
  isKept,
  drafts,
  readAt,
  actions,
}: Facts): Problem | null {
  const copyLabel = isCopied ? html`${icons.check}Copied` : html`${icons.copy}Copy your text`;
  const copy = hasText ? html`<button @click=${actions.copy}>${copyLabel}</button>` : nothing;
  const reload = html`<button @click=${actions.reload}>${icons.retry}Reload</button>`;
  const readIt =
    readAt !== null && drafts.length > 0
      ? html`<a class="button" href=${readAt}>${icons.document}Read it</a>`
      : nothing;
  const dismiss = html`<button class="quiet" @click=${actions.dismiss}>Dismiss</button>`;

  if (end?.code === CloseCode.BadName) {
    return {
      title: 'This address names no document',
      text: sentence(end.reason),
      tone: 'bad',
      controls: html`${nothing}`,
    };
  }
  if (end) {
    return {
      title: 'The server has closed this document',
      text: sentence(end.reason) + (hasText ? ' What is on this page is still here: copy it before you leave.' : ''),
      tone: 'bad',
      controls: html`${copy}${reload}`,
    };
  }
  const connect = html`<button @click=${actions.retry}>${icons.retry}Connect again</button>`;
  if (isSignedOut || (connection.kind === 'stopped' && connection.code === CloseCode.Unauthorized)) {
    return {
      title: 'You are signed out',
      text: signedOutSentence(hasText, save, isKept, drafts.length > 0, signIn !== null),
      tone: 'warn',
      controls: html`${copy}${signIn ?? nothing}${connect}`,
    };
  }
  if (connection.kind === 'waiting' && connection.lacks === 'newer-server') {
    const where = hasText
      ? ` What you write is kept on this ${isKept ? 'device' : 'page: leave it open'}, and it is saved then.`
      : '';
    return {
      title: 'The server is older than this page',
      text: `It goes on by itself once whoever runs the server has updated it.${where}`,
      tone: 'warn',
      controls: html`${copy}${connect}`,
    };
  }
  if (connection.kind === 'stopped') {
    const isOutdated = connection.code === CloseCode.VersionUnsupported;
    return {
      title: isOutdated ? 'The server has been updated' : 'The server has ended the connection',
      text: isOutdated
        ? `This page is from before. ${hasText && !isKept ? 'What you wrote since is kept on this page only: copy it, then reload.' : 'Reload it.'}`
        : sentence(connection.reason) +
          (hasText ? ` What is not saved yet is kept on this ${isKept ? 'device' : 'page only'}.` : ''),
      tone: 'bad',
      controls: html`${copy}${isOutdated ? reload : connect}`,
    };
  }
  if (readOnlyReason !== null) {
    return {
      title: 'This document needs a newer Weft',
      text: `${readOnlyReason} You can read it, and follow what others write. A newer Weft may be here after a reload.`,
      tone: 'warn',
      controls: html`${copy}${reload}`,
    };
  }
  if (save?.kind === 'refused') {
    return {
      title: 'A change was refused',
      text: `${sentence(save.reason)} The text as you wrote it is kept on this ${isKept ? 'device' : 'page'}: read it, put it back, or copy it.`,
      tone: 'bad',
      controls: html`${readIt}${copy}${dismiss}`,
    };
  }
  const newest = drafts.at(-1);
  if (newest) {
    return {
      title: 'Text of this page is not on the server',
      text:
        `${sentence(newest.reason)} Your text as it was is kept on this ${isKept ? 'device' : 'page'}: read it, put it back, or copy it.` +
        (drafts.length > 1 ? ` This is the newest of ${drafts.length}; Dismiss leads to the one before.` : ''),
      tone: 'warn',
      controls: html`${readIt}${copy}${dismiss}`,
    };
  }
  return null;
}

function signedOutSentence(
  hasText: boolean,
  save: SaveState | null,
  isKept: boolean,
  hasDraft: boolean,
  canSignIn: boolean,
): string {
  const comeIn = canSignIn ? 'sign in' : 'come in again from where you came, in another tab';
  if (!hasText) return `Your sign-in has ended. To see the text, ${comeIn}, and connect again.`;
  if (save?.kind !== 'read-only') {
    const where = isKept ? `on this device: ${comeIn}` : `in this tab: leave it open, ${comeIn}`;
    return `Your sign-in has ended. What you write is kept ${where}, and it is saved.`;
  }
  const kept = hasDraft
    ? `The last of what you wrote is not saved, and kept ${isKept ? 'on this device' : 'in this tab'} only: copy it.`
    : 'What you wrote is saved.';
  return `Your sign-in has ended. ${kept} To go on writing, ${comeIn}, and connect again.`;
}

export function banner({ title, text, tone, controls }: Problem): TemplateResult {
  return html`<div class="banner ${tone}" role="alert">
    ${icons.warning}
    <p><b>${title}.</b> ${text}</p>
    <div class="actions">${controls}</div>
  </div>`;
}

/** Reasons come from servers of any version: they end in a full stop here. */
function sentence(reason: string): string {
  const text = reason.trim();
  if (text === '') return '';
  const begun = text[0]!.toLocaleUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
