// All versions of a document beside one of them: by day, the newest first, with who wrote and how much. Above them stands what is
// there now, below a field for any other time.

import { icons } from '@weft/element/ui/icons';
import { clockTime, exactTime } from '@weft/element/ui/when';
import * as words from '@weft/words/past';
import { html, nothing, type TemplateResult } from 'lit';
import type { ComparedWith, LookedAt, Looking } from './history-address.js';
import type { Version } from './past-api.js';
import { colorOfPerson, dayHeading, momentInWords, nameOf, versionTitle } from './past-words.js';

export interface VersionList {
  /** Null before they are here. */
  readonly versions: readonly Version[] | null;
  /** How many of them cannot be read. */
  readonly unreadable: number;
  readonly hasMore: boolean;
  /** Null: none of them, nor now. */
  readonly looking: Looking | null;
  /** When one was here last; null when that is not known. */
  readonly visitMs: number | null;
  lookAt(at: LookedAt, against?: ComparedWith): void;
  more(): void;
}

const SHOWN_PEOPLE = 3;

export function versionList(list: VersionList): TemplateResult {
  const { versions } = list;
  if (versions === null) {
    return html`<div aria-busy="true" aria-label=${words.fetchingVersions}>
      ${[70, 55, 64].map((width) => html`<div class="row-skeleton" .style=${`--w: ${width}%`}><i></i><i></i></div>`)}
    </div>`;
  }
  return html`
    <ul class="versions">
      ${nowRow(list)} ${visitRow(list)}
    </ul>
    ${byDay(versions).map(
      ([day, some]) => html`<h2>${day}</h2>
        <ul class="versions">
          ${some.map((version) => versionRow(version, list))}
        </ul>`,
    )}
    ${versions.length === 0 ? html`<p class="hint">${words.versionsCome}</p>` : nothing}
    ${
      list.unreadable > 0
        ? html`<p class="hint">
          ${words.unreadable(list.unreadable)}
        </p>`
        : nothing
    }
    ${list.hasMore ? html`<button class="quiet" @click=${list.more}>${words.showOlder}</button>` : nothing}
    ${otherTime(list)}
  `;
}

function nowRow({ looking, versions, lookAt }: VersionList): TemplateResult {
  const isHere = looking?.at.kind === 'now' && looking.against !== 'visit';
  return html`<li>
    <button class="version" aria-current=${isHere ? 'true' : 'false'} @click=${() => lookAt({ kind: 'now' }, 'before')}>
      <b>${words.now}</b>
      <span class="names">${versions?.length ? words.afterNewest : words.allWritten}</span>
    </button>
  </li>`;
}

function visitRow({ looking, visitMs, lookAt }: VersionList): TemplateResult | typeof nothing {
  if (visitMs === null) return nothing;
  const isHere = looking?.at.kind === 'now' && looking.against === 'visit';
  return html`<li>
    <button class="version" aria-current=${isHere ? 'true' : 'false'} @click=${() => lookAt({ kind: 'now' }, 'visit')}>
      <b>${words.sinceHere}</b>
      <span class="names">${words.othersDid(momentInWords(visitMs, Date.now()))}</span>
    </button>
  </li>`;
}

function versionRow(version: Version, { looking, lookAt }: VersionList): TemplateResult {
  const { id, timeMs, inserted, deleted, name, reason } = version;
  const isHere = looking?.at.kind === 'version' && looking.at.id === id;
  const isTitledByTime = name === '' && reason === 'automatic';
  return html`<li>
    <button
      class="version"
      aria-current=${isHere ? 'true' : 'false'}
      title=${exactTime(timeMs)}
      @click=${() => lookAt({ kind: 'version', id })}
    >
      <b dir="auto">${versionTitle(version)}</b>
      <span class="num">
        ${inserted ? html`<span class="good">+${words.count(inserted)}</span>` : nothing}
        ${deleted ? html`<span class="bad">−${words.count(deleted)}</span>` : nothing}
      </span>
      <span class="names">${peopleOf(version)}</span>
      ${isTitledByTime ? nothing : html`<small class="num">${clockTime(timeMs)}</small>`}
    </button>
  </li>`;
}

function peopleOf({ people, morePeople }: Version): TemplateResult {
  const rest = Math.max(0, people.length - SHOWN_PEOPLE) + morePeople;
  return html`${people
    .slice(0, SHOWN_PEOPLE)
    .map(
      (one) =>
        html`<i class="dot" .style=${`--c: ${colorOfPerson(one.person)}`}></i><span dir="auto">${nameOf(one)}</span> `,
    )}${rest > 0 ? words.andMore(rest) : nothing}`;
}

function otherTime({ looking, lookAt }: VersionList): TemplateResult {
  const submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = (event.target as HTMLFormElement).elements.namedItem('time') as HTMLInputElement;
    const atMs = new Date(value).getTime();
    if (!Number.isNaN(atMs)) lookAt({ kind: 'time', atMs });
  };
  const shown = looking?.at.kind === 'time' ? forField(looking.at.atMs) : '';
  return html`<form class="other-time" @submit=${submitted}>
    <label for="other-time">${words.otherTime}</label>
    <div class="actions">
      <input id="other-time" name="time" type="datetime-local" step="1" required .value=${shown} max=${forField(Date.now())} @focus=${takeUpToNow} @input=${takeUpToNow} />
      <button class="framed" aria-label=${words.lookAtTime}>${icons.search}</button>
    </div>
  </form>`;
}

/** As the field takes it: without a zone. */
export const forField = (atMs: number): string =>
  new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

/** For a field of a time that has been: it may stand there for long, and the clock goes on. */
export function takeUpToNow({ target }: Event): void {
  (target as HTMLInputElement).max = forField(Date.now());
}

function byDay(versions: readonly Version[]): [day: string, versions: Version[]][] {
  const days: [string, Version[]][] = [];
  for (const version of versions) {
    const day = dayHeading(version.timeMs, Date.now());
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(version);
    else days.push([day, [version]]);
  }
  return days;
}
