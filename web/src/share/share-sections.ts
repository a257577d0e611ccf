// The parts of the share dialog: who waits to be let in, people and roles, links. Each shows what is, and asks for changes.

import { initials, safeName } from '@weft/editor';
import { icon, icons } from '@weft/element/ui/icons';
import { type GivenRole, givenRoles, roleWords } from '@weft/element/ui/role-words';
import { endInWords, whenInWords } from '@weft/element/ui/when';
import type { Role } from '@weft/protocol';
import * as words from '@weft/words/share';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { Users } from 'lucide';
import type { AccessRequest, ShareCommand, SharedWith, ShareLink, Sharing } from './share-api.js';

const peopleIcon = icon(Users);

/** @returns whether it was done */
type Change = (command: ShareCommand, sentence: string, undo?: ShareCommand) => Promise<boolean>;

const DAY_MS = 86_400_000;
const lasts = [
  ['never', null],
  ['day', DAY_MS],
  ['week', 7 * DAY_MS],
  ['month', 30 * DAY_MS],
] as const;
const MAX_LABEL_LENGTH = 60;

export function requestsSection(requests: readonly AccessRequest[], change: Change): TemplateResult {
  if (requests.length === 0) return html``;
  return html`<section aria-label=${words.waitingToBeLetIn}>
    <h3>${words.waitingToBeLetIn}</h3>
    <ul class="share-list">
      ${repeat(
        requests,
        ({ person }) => person,
        (request) => {
          const name = nameOf(request);
          const letIn = (role: GivenRole): Promise<boolean> =>
            change({ do: 'grant', person: request.person, role }, words.wasLetIn(name, role));
          return html`<li>
            ${mark(name)}
            <span class="who"
              ><b dir="auto">${name}</b><small>${words.asks(request.email ?? (isGuest(request) ? words.guest : words.signedIn), whenInWords(request.atMs, Date.now()))}</small></span
            >
            <select
              class="framed"
              aria-label=${words.letPersonIn(name)}
              .value=${live('')}
              @change=${(event: Event) => letIn(chosen(event) as GivenRole)}
            >
              <option value="" disabled selected>${words.letIn}</option>
              ${options(null)}
            </select>
            <button
              class="quiet"
              aria-label=${words.declinePerson(name)}
              @click=${() => change({ do: 'decline', person: request.person }, words.notLetIn(name))}
            >
              ${words.decline}
            </button>
          </li>`;
        },
      )}
    </ul>
  </section>`;
}

export function peopleSection(
  { people, everyone, links }: Sharing,
  change: Change,
  say: (sentence: string) => void,
): TemplateResult {
  const removed = whatIsLeft(everyone, links);
  return html`<section aria-label=${words.people}>
    <h3>${words.people}</h3>
    <form
      class="share-add"
      @submit=${async (event: SubmitEvent) => {
        event.preventDefault();
        const form = event.currentTarget as HTMLFormElement;
        const email = fieldOf(form, 'email').trim().toLowerCase();
        const role = fieldOf(form, 'role') as GivenRole;
        const owner = people.find((person) => person.role === 'owner');
        if (email === owner?.email) return say(words.ownsIt(email));
        if (await change({ do: 'grant', email, role }, words.fromNowOn(email, role))) form.reset();
      }}
    >
      <input name="email" type="email" required autocomplete="off" placeholder=${words.addByEmail} aria-label=${words.email} />
      <select name="role" aria-label=${words.whatTheyMay}>${options('editor')}</select>
      <button class="framed">${words.add}</button>
    </form>
    <ul class="share-list">
      ${repeat(
        people,
        ({ who }) => JSON.stringify(who),
        (person) => personRow(person, removed, change),
      )}
      <li>
        <span class="mark">${peopleIcon}</span>
        <span class="who"><b>${words.everyone}</b></span>
        <select
          aria-label=${words.whatEveryoneMay}
          .value=${live(everyone ?? '')}
          @change=${(event: Event) => {
            const role = (chosen(event) || null) as GivenRole | null;
            const before = (everyone ?? null) as GivenRole | null;
            void change({ do: 'everyone', role }, role === null ? words.onlyNamed : words.everyoneMay(role), {
              do: 'everyone',
              role: before,
            });
          }}
        >
          <option value="" ?selected=${everyone === null}>${words.noAccess}</option>
          ${options(everyone)}
        </select>
      </li>
    </ul>
  </section>`;
}

/** Of who is not named any more: what still lets them in. */
function whatIsLeft(everyone: Role | null, links: readonly ShareLink[]): (name: string) => string {
  if (everyone !== null) return (name) => words.removedStillMay(name, everyone as GivenRole);
  const opens = links.some(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > Date.now());
  return opens ? words.removedLinksOpen : words.removed;
}

function personRow(person: SharedWith, removed: (name: string) => string, change: Change): TemplateResult {
  const { who, role, email } = person;
  const name = nameOf(person);
  return html`<li>
    ${mark(name)}
    <span class="who"
      ><b dir="auto">${name}</b>${
        person.name === null
          ? html`<small>${words.addedByEmail}</small>`
          : email
            ? html`<small>${email}</small>`
            : nothing
      }</span
    >
    ${
      role === 'owner'
        ? html`<span class="role">${words.owner}</span>`
        : html`<select
            aria-label=${words.whatPersonMay(name)}
            .value=${live(role)}
            @change=${(event: Event) => {
              const next = chosen(event) as GivenRole;
              void change({ do: 'grant', ...who, role: next }, words.fromNowOn(name, next), {
                do: 'grant',
                ...who,
                role,
              });
            }}
          >
            ${options(role)}
          </select>
          <button
            class="quiet icon-only"
            aria-label=${words.removePerson(name)}
            title=${words.remove}
            @click=${() =>
              change({ do: 'remove', ...who }, removed(name), {
                do: 'grant',
                ...who,
                role,
              })}
          >
            ${icons.close}
          </button>`
    }
  </li>`;
}

interface LinkActions {
  readonly copied: string | null;
  /** Addresses of links that were just made, by id. */
  readonly fresh: ReadonlyMap<string, string>;
  readonly copy: (id: string, address: string) => void;
  readonly change: Change;
}

export function linksSection(links: readonly ShareLink[], actions: LinkActions): TemplateResult {
  const { change } = actions;
  return html`<section aria-label=${words.links}>
    <h3>${words.links}</h3>
    <p class="hint">${words.linksOpen}</p>
    <ul class="share-list">
      ${repeat(
        links,
        ({ id }) => id,
        (link) => linkRow(link, actions),
      )}
    </ul>
    <form
      class="share-add"
      @submit=${async (event: SubmitEvent) => {
        event.preventDefault();
        const form = event.currentTarget as HTMLFormElement;
        const lastsMs = lasts.find(([key]) => key === fieldOf(form, 'lasts'))?.[1] ?? null;
        const command = {
          do: 'make-link',
          role: fieldOf(form, 'role') as GivenRole,
          label: fieldOf(form, 'label').trim(),
          expiresAtMs: lastsMs === null ? null : Date.now() + lastsMs,
        } as const;
        if (await change(command, words.linkIsMade)) form.reset();
      }}
    >
      <input name="label" type="text" maxlength=${MAX_LABEL_LENGTH} autocomplete="off" placeholder=${words.forWhom} aria-label=${words.forWhomLink} />
      <select name="role" aria-label=${words.whatLinkLets}>${options('reader')}</select>
      <select name="lasts" aria-label=${words.howLong}>
        ${lasts.map(([key]) => html`<option value=${key}>${words.lasts[key]}</option>`)}
      </select>
      <button class="framed">${words.makeLink}</button>
    </form>
  </section>`;
}

function linkRow({ id, role, label, createdAtMs, expiresAtMs }: ShareLink, actions: LinkActions): TemplateResult {
  const { copied, fresh, copy, change } = actions;
  const address = fresh.get(id);
  const isOver = expiresAtMs !== null && expiresAtMs <= Date.now();
  const name = label || words.link;
  const end =
    expiresAtMs === null ? '' : ` · ${isOver ? words.hasEnded : words.until(endInWords(expiresAtMs, Date.now()))}`;
  return html`<li>
    <span class="mark">${icons.link}</span>
    <span class="who"
      ><b dir="auto">${name}</b><small>${words.made(roleWords(role), whenInWords(createdAtMs, Date.now()))}${end}</small></span
    >
    ${
      address
        ? html`<button class="framed" aria-label=${words.copyLink(label)} @click=${() => copy(id, address)}>
            ${copied === id ? html`${icons.check}${words.copied}` : html`${icons.copy}${words.copy}`}
          </button>`
        : nothing
    }
    <button
      class="quiet"
      aria-label=${words.revokeLink(label)}
      @click=${() => change({ do: 'revoke-link', id }, words.revoked(name))}
    >
      ${words.revoke}
    </button>
  </li>`;
}

interface Named {
  readonly name: string | null;
  readonly email: string | null;
}

const nameOf = ({ name, email }: Named): string => (name === null ? (email ?? words.withoutName) : safeName(name));

const isGuest = ({ person }: AccessRequest): boolean => person.startsWith('g-');

const mark = (name: string): TemplateResult => html`<span class="mark" aria-hidden="true">${initials(name)}</span>`;

const options = (selected: Role | null): TemplateResult[] =>
  givenRoles.map((role) => html`<option value=${role} ?selected=${role === selected}>${roleWords(role)}</option>`);

const chosen = (event: Event): string => (event.currentTarget as HTMLSelectElement).value;

function fieldOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}
