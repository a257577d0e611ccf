// What can stand between a writer and their document, the worst first: one decision, and one way to show it.
// Every one says what happened, what it means for the text, and what to do.

import { CloseCode } from '@weft/protocol';
import type { ConnectionStatus, Draft, SaveState } from '@weft/provider';
import * as words from '@weft/words/problems';
import { html, nothing, type TemplateResult } from 'lit';
import { fromEnglish } from '../ui/from-english.js';
import { icons } from '../ui/icons.js';
import { inOwnWords, type Reason } from './reasons.js';

export interface Problem {
  readonly title: string;
  readonly text: string | TemplateResult;
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
    /** Something can be said in better words than now. */
    readonly showAnew: () => void;
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
  /** Why, in the words of the page where it has some, and what it means for the text. */
  const said = (why: Reason, meaning: string): string | TemplateResult => {
    const shown = fromEnglish(sentence(why.reason), sentence(inOwnWords(why, actions.showAnew)));
    return typeof shown === 'string' ? `${shown} ${meaning}`.trim() : html`${shown} ${meaning}`;
  };
  const copyLabel = isCopied ? html`${icons.check}${words.copied}` : html`${icons.copy}${words.copyText}`;
  const copy = hasText ? html`<button @click=${actions.copy}>${copyLabel}</button>` : nothing;
  const reload = html`<button @click=${actions.reload}>${icons.retry}${words.reload}</button>`;
  const readIt =
    readAt !== null && drafts.length > 0
      ? html`<a class="button" href=${readAt}>${icons.document}${words.readIt}</a>`
      : nothing;
  const dismiss = html`<button class="quiet" @click=${actions.dismiss}>${words.dismiss}</button>`;

  if (end?.code === CloseCode.BadName) {
    return {
      title: words.noName,
      text: said(end, ''),
      tone: 'bad',
      controls: html`${nothing}`,
    };
  }
  if (end) {
    return {
      title: words.closed,
      text: said(end, hasText ? words.stillHere : ''),
      tone: 'bad',
      controls: html`${copy}${reload}`,
    };
  }
  const connect = html`<button @click=${actions.retry}>${icons.retry}${words.connect}</button>`;
  if (isSignedOut || (connection.kind === 'stopped' && connection.code === CloseCode.Unauthorized)) {
    return {
      title: words.signedOut,
      text: signedOutSentence(hasText, save, isKept, drafts.length > 0, signIn !== null),
      tone: 'warn',
      controls: html`${copy}${signIn ?? nothing}${connect}`,
    };
  }
  if (connection.kind === 'waiting' && connection.lacks === 'newer-server') {
    return {
      title: words.serverIsOlder,
      text: hasText ? `${words.goesOn} ${words.savedThen(isKept)}` : words.goesOn,
      tone: 'warn',
      controls: html`${copy}${connect}`,
    };
  }
  if (connection.kind === 'stopped') {
    const isOutdated = connection.code === CloseCode.VersionUnsupported;
    return {
      title: isOutdated ? words.serverIsNewer : words.ended,
      text: isOutdated
        ? hasText && !isKept
          ? words.fromBeforeUnsaved
          : words.fromBefore
        : said(connection, hasText ? words.keptHere(isKept) : ''),
      tone: 'bad',
      controls: html`${copy}${isOutdated ? reload : connect}`,
    };
  }
  if (readOnlyReason !== null) {
    return {
      title: words.needsNewer,
      text: `${readOnlyReason} ${words.canStillRead}`,
      tone: 'warn',
      controls: html`${copy}${reload}`,
    };
  }
  if (save?.kind === 'refused') {
    return {
      title: words.refused,
      text: said(save, words.asWritten(isKept)),
      tone: 'bad',
      controls: html`${readIt}${copy}${dismiss}`,
    };
  }
  const newest = drafts.at(-1);
  if (newest) {
    return {
      title: words.notOnServer,
      text: said(newest, words.asItWas(isKept) + (drafts.length > 1 ? ` ${words.newestOf(drafts.length)}` : '')),
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
  if (!hasText) return words.endedUnseen(canSignIn);
  if (save?.kind !== 'read-only') return words.endedKept(canSignIn, isKept);
  return words.endedReadOnly(canSignIn, hasDraft ? (isKept ? 'device' : 'tab') : null);
}

export function banner({ title, text, tone, controls }: Problem): TemplateResult {
  return html`<div class="banner ${tone}" part="banner" role="alert">
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
