// The rows of the start page's list: what a document is called, how it begins, what one may do there, when it was changed.

import { icon, icons } from '@weft/element/ui/icons';
import { roleWords } from '@weft/element/ui/role-words';
import { exactTime, whenInWords } from '@weft/element/ui/when';
import * as words from '@weft/words/start';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { MonitorCheck } from 'lucide';
import { type DocumentSummary, excerptLine, pathOf } from '../document/documents-api.js';

const onDeviceIcon = icon(MonitorCheck);

/** The name of a document that nobody named: it tells a person nothing. */
const nameByChance = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What can be done with one, where it can be done. */
type ActionOf = (document: DocumentSummary) => (() => void) | null;

/**
 * @param forgetOf  what forgets one on this device; null where nothing of it is
 * @param trashOf  what moves one to the trash
 */
export function documentRows(
  documents: readonly DocumentSummary[],
  forgetOf: ActionOf,
  trashOf: ActionOf = () => null,
): TemplateResult {
  return html`<ul class="documents">
    ${repeat(
      documents,
      ({ name }) => name,
      (document) => row(document, forgetOf(document), trashOf(document)),
    )}
  </ul>`;
}

function row(document: DocumentSummary, forget: ReturnType<ActionOf>, trash: ReturnType<ActionOf>): TemplateResult {
  const { name, title, updatedAtMs, role } = document;
  const excerpt = excerptLine(document);
  return html`<li>
    <a href="/d/${pathOf(name)}">
      ${icons.document}
      <span class="what">
        <span class="row-title ${title ? '' : 'untitled'}" dir="auto">${title || (nameByChance.test(name) ? words.untitled : name)}</span>
        ${excerpt === null ? nothing : html`<span class="excerpt" dir="auto">${excerpt}</span>`}
      </span>
      ${role === 'reader' || role === 'commenter' ? html`<span class="role">${roleWords(role)}</span>` : nothing}
      ${
        updatedAtMs === null
          ? nothing
          : html`<time datetime=${new Date(updatedAtMs).toISOString()} title=${exactTime(updatedAtMs)}
              >${whenInWords(updatedAtMs, Date.now())}</time
            >`
      }
    </a>
    ${
      forget === null
        ? nothing
        : html`<button
            class="on-device"
            aria-label=${words.forgetThisHere(title || name)}
            title=${words.forgetHere}
            @click=${forget}
          >
            ${onDeviceIcon}
          </button>`
    }
    ${
      trash === null
        ? nothing
        : html`<button class="to-trash" aria-label=${words.trashThis(title || name)} title=${words.moveToTrash} @click=${trash}>
            ${icons.trash}
          </button>`
    }
  </li>`;
}
