// The parts of the share dialog: who waits to be let in, people and roles, links. Each shows what is, and asks for changes.

import { initials, safeName } from '@weft/editor';
import { icons } from '@weft/element/ui/icons';
import { type GivenRole, givenRoles, roleWords } from '@weft/element/ui/role-words';
import { endInWords, whenInWords } from '@weft/element/ui/when';
import type { Role } from '@weft/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccessRequest, ShareCommand, SharedWith, ShareLink, Sharing } from './share-api.js';

/** @returns whether it was done */
type Change = (command: ShareCommand, sentence: string, undo?: ShareCommand) => Promise<boolean>;

const DAY_MS = 86_400_000;
const lasts = [
  ['never', 'No end', null],
  ['day', '1 day', DAY_MS],
  ['week', '1 week', 7 * DAY_MS],
  ['month', '1 month', 30 * DAY_MS],
] as const;
const MAX_LABEL_LENGTH = 60;

export function requestsSection(requests: readonly AccessRequest[], change: Change): TemplateResult {
  if (requests.length === 0) return html``;
  return html`<section aria-label="Waiting to be let in">
    <h3>Waiting to be let in</h3>
    <ul class="share-list">
      ${repeat(
        requests,
        ({ person }) => person,
        (request) => {
          const name = nameOf(request);
          const letIn = (role: GivenRole): Promise<boolean> =>
            change(
              { do: 'grant', person: request.person, role },
              `${name} was let in: ${roleWords(role).toLowerCase()}.`,
            );
          return html`<li>
            ${mark(name)}
            <span class="who"
              ><b dir="auto">${name}</b><small>${request.email ?? (isGuest(request) ? 'a guest' : 'signed in')} · asked ${whenInWords(request.atMs, Date.now())}</small></span
            >
            <select
              class="framed"
              aria-label="Let ${name} in"
              .value=${live('')}
              @change=${(event: Event) => letIn(chosen(event) as GivenRole)}
            >
              <option value="" disabled selected>Let in…</option>
              ${options(null)}
            </select>
            <button
              class="quiet"
              aria-label="Decline ${name}"
              @click=${() => change({ do: 'decline', person: request.person }, `${name} was not let in.`)}
            >
              Decline
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
  const left = whatIsLeft(everyone, links);
  return html`<section aria-label="People">
    <h3>People</h3>
    <form
      class="share-add"
      @submit=${async (event: SubmitEvent) => {
        event.preventDefault();
        const form = event.currentTarget as HTMLFormElement;
        const email = fieldOf(form, 'email').trim().toLowerCase();
        const role = fieldOf(form, 'role') as GivenRole;
        const owner = people.find((person) => person.role === 'owner');
        if (email === owner?.email) return say(`${email} owns this document, and may do everything already.`);
        if (await change({ do: 'grant', email, role }, `${email} ${roleWords(role).toLowerCase()} from now on.`))
          form.reset();
      }}
    >
      <input name="email" type="email" required autocomplete="off" placeholder="Add somebody by email" aria-label="Email" />
      <select name="role" aria-label="What they may do">${options('editor')}</select>
      <button class="framed">Add</button>
    </form>
    <ul class="share-list">
      ${repeat(
        people,
        ({ who }) => JSON.stringify(who),
        (person) => personRow(person, left, change),
      )}
      <li>
        <span class="mark">${icons.people}</span>
        <span class="who"><b>Everyone who is signed in</b></span>
        <select
          aria-label="What everyone who is signed in may do"
          .value=${live(everyone ?? '')}
          @change=${(event: Event) => {
            const role = (chosen(event) || null) as GivenRole | null;
            const sentence =
              role === null ? 'Only those named here' : `Everyone who is signed in ${roleWords(role).toLowerCase()}`;
            const before = (everyone ?? null) as GivenRole | null;
            void change(
              { do: 'everyone', role },
              role === null ? `${sentence} may open this document.` : `${sentence}.`,
              {
                do: 'everyone',
                role: before,
              },
            );
          }}
        >
          <option value="" ?selected=${everyone === null}>No access</option>
          ${options(everyone)}
        </select>
      </li>
    </ul>
  </section>`;
}

/** Of who is not named any more: what still lets them in. */
function whatIsLeft(everyone: Role | null, links: readonly ShareLink[]): string {
  if (everyone !== null) return `, and like everyone who is signed in still ${roleWords(everyone).toLowerCase()}.`;
  const opens = links.some(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > Date.now());
  return opens ? '. Whoever has a link can still open this document.' : ' and cannot open this document any more.';
}

function personRow(person: SharedWith, left: string, change: Change): TemplateResult {
  const { who, role, email } = person;
  const name = nameOf(person);
  return html`<li>
    ${mark(name)}
    <span class="who"
      ><b dir="auto">${name}</b>${
        person.name === null ? html`<small>added by email</small>` : email ? html`<small>${email}</small>` : nothing
      }</span
    >
    ${
      role === 'owner'
        ? html`<span class="role">Owner</span>`
        : html`<select
            aria-label="What ${name} may do"
            .value=${live(role)}
            @change=${(event: Event) => {
              const next = chosen(event) as GivenRole;
              void change(
                { do: 'grant', ...who, role: next },
                `${name} ${roleWords(next).toLowerCase()} from now on.`,
                {
                  do: 'grant',
                  ...who,
                  role,
                },
              );
            }}
          >
            ${options(role)}
          </select>
          <button
            class="quiet icon-only"
            aria-label="Remove ${name}"
            title="Remove"
            @click=${() =>
              change({ do: 'remove', ...who }, `${name} was removed${left}`, {
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
  return html`<section aria-label="Links">
    <h3>Links</h3>
    <p class="hint">Whoever has such a link may open this document, also without signing in.</p>
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
        const lastsMs = lasts.find(([key]) => key === fieldOf(form, 'lasts'))?.[2] ?? null;
        const command = {
          do: 'make-link',
          role: fieldOf(form, 'role') as GivenRole,
          label: fieldOf(form, 'label').trim(),
          expiresAtMs: lastsMs === null ? null : Date.now() + lastsMs,
        } as const;
        if (await change(command, 'The link is made. Copy it now: it is shown only this once.')) form.reset();
      }}
    >
      <input name="label" type="text" maxlength=${MAX_LABEL_LENGTH} autocomplete="off" placeholder="For whom (only you see it)" aria-label="For whom the link is" />
      <select name="role" aria-label="What the link lets one do">${options('reader')}</select>
      <select name="lasts" aria-label="How long the link works">
        ${lasts.map(([key, label]) => html`<option value=${key}>${label}</option>`)}
      </select>
      <button class="framed">Make a link</button>
    </form>
  </section>`;
}

function linkRow({ id, role, label, createdAtMs, expiresAtMs }: ShareLink, actions: LinkActions): TemplateResult {
  const { copied, fresh, copy, change } = actions;
  const address = fresh.get(id);
  const isOver = expiresAtMs !== null && expiresAtMs <= Date.now();
  const name = label || 'Link';
  const end = expiresAtMs === null ? '' : isOver ? ' · has ended' : ` · until ${endInWords(expiresAtMs, Date.now())}`;
  return html`<li>
    <span class="mark">${icons.link}</span>
    <span class="who"
      ><b dir="auto">${name}</b><small>${roleWords(role)} · made ${whenInWords(createdAtMs, Date.now())}${end}</small></span
    >
    ${
      address
        ? html`<button class="framed" aria-label="Copy the link ${label}" @click=${() => copy(id, address)}>
            ${copied === id ? html`${icons.check}Copied` : html`${icons.copy}Copy`}
          </button>`
        : nothing
    }
    <button
      class="quiet"
      aria-label="Revoke the link ${label}"
      @click=${() => change({ do: 'revoke-link', id }, `${name}: this link opens nothing any more.`)}
    >
      Revoke
    </button>
  </li>`;
}

interface Named {
  readonly name: string | null;
  readonly email: string | null;
}

const nameOf = ({ name, email }: Named): string =>
  name === null ? (email ?? 'Somebody without a name') : safeName(name);

const isGuest = ({ person }: AccessRequest): boolean => person.startsWith('g-');

const mark = (name: string): TemplateResult => html`<span class="mark" aria-hidden="true">${initials(name)}</span>`;

const options = (selected: Role | null): TemplateResult[] =>
  givenRoles.map((role) => html`<option value=${role} ?selected=${role === selected}>${roleWords(role)}</option>`);

const chosen = (event: Event): string => (event.currentTarget as HTMLSelectElement).value;

function fieldOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}
