// Plays a document's life: its text as it grew, in the colours of those who wrote it, and below it a slider over all of that. Pauses are
// skipped. What is shown is the moment that the slider says, or the one before it while the next is on its way.

import { PlayedView, type WantedFrame } from '@weft/editor/playback';
import { pictureSource } from '@weft/element/pictures/asset-address';
import { announce } from '@weft/element/ui/announce';
import { LateParts } from '@weft/element/ui/late-parts';
import { LightElement } from '@weft/element/ui/light-element';
import { clockTime, dayInFull } from '@weft/element/ui/when';
import * as words from '@weft/words/past';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { failedMoment, missingPart, skeleton } from './history-parts.js';
import type { PastOf } from './past-api.js';
import { colorOfPerson, nameOf } from './past-words.js';
import { activityOf } from './play-activity.js';
import { playIcons } from './play-icons.js';
import { seqByKey } from './play-keys.js';
import { Playback } from './playback.js';

/** What is played, for whoever does something with it. */
export interface PlayedMoment {
  readonly seq: number;
  readonly timeMs: number;
}

const SPEEDS = [1, 4, 16, 64, 256, 1024] as const;
/** All of a life is gone through in this time at most, unless somebody says otherwise. */
const WHOLE_MS = 90_000;
/** What was written in the last while of watching is shown as fresh. */
const FRESH_MS = 1_200;
/** Thirty pictures a second are enough. */
const SHORTEST_TICK_MS = 30;
/** A page that was hidden goes on where it was. */
const LONGEST_TICK_MS = 100;
/** While it plays, what the slider is at is told so often. */
const SAID_AFTER_MS = 5_000;
const BARS = 96;
/** Of the window: what is written is kept between these. */
const ABOVE_PX = 120;
const BELOW_PX = 170;

class Player extends LightElement {
  static override properties = {
    past: { attribute: false },
    lookAt: { attribute: false },
    startAt: { attribute: false },
    place: { state: true },
    isPlaying: { state: true },
    speed: { state: true },
    shownSeq: { state: true },
    shownTitle: { state: true },
  };
  declare past: PastOf;
  /** Leads to a time of the document, compared with now. */
  declare lookAt: (atMs: number) => void;
  /** Where somebody was before; null: it begins. */
  declare startAt: number | null;
  /** On the axis of the timeline, in milliseconds of activity. */
  declare private place: number;
  declare private isPlaying: boolean;
  declare private speed: number | null;
  /** What the text shows; null before there is anything. */
  declare private shownSeq: number | null;
  declare private shownTitle: string;
  readonly #late = new LateParts(this);
  readonly #sheet = createRef<HTMLElement>();
  readonly #days = createRef<HTMLSelectElement>();
  #playback: Playback | null = null;
  #view: PlayedView | null = null;
  /** Something was watched and not jumped to: what is fresh is what one has just seen come. */
  #isWatched = false;
  #isDrawing = false;
  #isFollowing = true;
  #wanted: WantedFrame | null = null;
  #tickedMs = 0;
  #ticking = 0;
  #hasBegun = false;
  /** What is said of the slider, and when that was set: it is not said with every letter that is played. */
  #said = { seq: 0, atMs: 0 };
  #activity: TemplateResult | null = null;

  constructor() {
    super();
    this.startAt = null;
    this.#reset();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#begin();
    this.addEventListener('keydown', this.#key);
    this.addEventListener('wheel', this.#unfollow, { passive: true });
    this.addEventListener('touchmove', this.#unfollow, { passive: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#ticking);
    this.#playback?.close();
    this.#view?.destroy();
    this.#view = null;
  }

  override updated(): void {
    this.#showDays();
    if (this.#sheet.value && !this.#view) {
      const named = (person: string): string => nameOf(this.#playback!.named(person));
      this.#view = new PlayedView(this.#sheet.value, { colorOf: colorOfPerson, nameOf: named, pictureSource });
      void this.#draw();
    }
  }

  /** There may be thousands: each is added once, and none is looked at with every frame. */
  #showDays(): void {
    const { timeline } = this.#playback!;
    const select = this.#days.value;
    if (!select) return;
    for (const { seq, atMs } of timeline.days.slice(select.length)) select.add(new Option(dayInFull(atMs), `${seq}`));
    const shown = `${timeline.dayOf(Math.max(timeline.before + 1, timeline.seqAt(this.place)))!.seq}`;
    if (select.value !== shown) select.value = shown;
  }

  #reset(): void {
    this.place = 0;
    this.isPlaying = false;
    this.speed = null;
    this.shownSeq = null;
    this.shownTitle = '';
    this.#hasBegun = false;
    this.#wanted = null;
    this.#activity = null;
  }

  #begin(): void {
    this.#playback?.close();
    this.#view?.destroy();
    this.#view = null;
    this.#isDrawing = false;
    this.#reset();
    this.#playback = new Playback(this.past, () => this.#more());
  }

  /** More of the life is known, or nothing more comes. */
  #more(): void {
    const { timeline, state, isOver } = this.#playback!;
    this.#activity = null;
    this.requestUpdate();
    if (isOver) {
      this.isPlaying = false;
      cancelAnimationFrame(this.#ticking);
      this.#tell();
      if (state.kind === 'missing') void this.#late.miss(words.thePlayback, this.#again);
      return;
    }
    if (timeline.last <= (this.startAt ?? 0) || this.#hasBegun) return;
    this.#hasBegun = true;
    if (this.startAt !== null) this.#seek(this.startAt);
    else {
      const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
      if (isStill) this.#seek(timeline.stepFrom(timeline.before, 1));
      else this.#play();
    }
  }

  override render(): TemplateResult {
    const { state, timeline } = this.#playback!;
    const { missing } = this.#late;
    if (state.kind === 'missing') return missing ? missingPart(missing) : skeleton;
    if (state.kind === 'failed') return failedMoment('played', state.error, this.#again);
    if (state.kind === 'ready' && timeline.last === 0) {
      return html`<div class="card hollow"><h2>${words.nothingYet}</h2><p>${words.playedLater}</p></div>`;
    }
    return html`
      ${this.shownTitle === '' ? nothing : html`<p class="title-change">${words.theTitle(html`<span dir="auto">${this.shownTitle}</span>`)}</p>`}
      <div class="sheet">
        ${this.shownSeq === null ? skeleton : nothing}
        <div ${ref(this.#sheet)} class="text played-text" ?hidden=${this.shownSeq === null}></div>
      </div>
      ${timeline.last === 0 ? nothing : this.#bar(state.kind === 'loading' ? state.share : null)}
    `;
  }

  #bar(share: number | null): TemplateResult {
    const { timeline } = this.#playback!;
    const seq = timeline.seqAt(this.place);
    const done = timeline.length === 0 ? 0 : (100 * this.place) / timeline.length;
    this.#activity ??= activityOf(timeline, BARS, (place) => colorOfPerson(this.#playback!.somebody(place).person));
    return html`<div class="play-bar" role="group" aria-label=${words.playback} .style=${`--done: ${done.toFixed(2)}%`}>
      <button class="play primary" aria-label=${this.isPlaying ? words.pause : words.play} title=${this.isPlaying ? words.pauseKey : words.playKey} @click=${this.#toggle}>
        ${this.isPlaying ? playIcons.pause : playIcons.play}
      </button>
      <div class="play-track">
        ${this.#activity}
        <input
          type="range"
          aria-label=${words.moment}
          aria-valuetext=${this.#momentInWords(this.#seqSaid(seq))}
          min="0"
          max=${Math.ceil(timeline.length)}
          step="any"
          .value=${String(this.place)}
          @input=${this.#slid}
        />
      </div>
      <p class="play-when"><span class="num">${this.#when(seq)}</span>${this.#who(seq)}</p>
      <div class="play-more">
        <label>${words.speed}
          <select @change=${this.#speedChosen}>
            ${SPEEDS.map((speed) => html`<option value=${speed} .selected=${speed === this.#speedNow}>${speed}×</option>`)}
          </select>
        </label>
        <label>${words.day}
          <select ${ref(this.#days)} @change=${this.#dayChosen}></select>
        </label>
        <button class="quiet end" ?disabled=${seq === timeline.before} @click=${this.#compare} title=${words.sinceMoment}>
          ${playIcons.compare}<span>${words.compareWithNow}</span>
        </button>
      </div>
      ${share === null ? nothing : html`<progress class="play-loading" max="1" .value=${share} aria-label=${words.fetchingPast}></progress>`}
    </div>`;
  }

  #when(seq: number): string {
    if (seq === this.#playback!.timeline.before) return words.beginning;
    return clockTime(this.#playback!.timeline.timeOf(seq));
  }

  #seqSaid(seq: number): number {
    const nowMs = performance.now();
    if (!this.isPlaying || nowMs - this.#said.atMs >= SAID_AFTER_MS) this.#said = { seq, atMs: nowMs };
    return this.#said.seq;
  }

  #who(seq: number): TemplateResult | typeof nothing {
    if (seq === this.#playback!.timeline.before) return nothing;
    const one = this.#playback!.authorOf(seq);
    return html`<span class="names"><i class="dot" .style=${`--c: ${colorOfPerson(one.person)}`}></i><span class="ellipsis" dir="auto">${nameOf(one)}</span></span>`;
  }

  /** "12 May, 14:05, Ann" */
  #momentInWords(seq: number): string {
    if (seq === this.#playback!.timeline.before) return words.beginning;
    const atMs = this.#playback!.timeline.timeOf(seq);
    return `${dayInFull(atMs)}, ${clockTime(atMs)}, ${nameOf(this.#playback!.authorOf(seq))}`;
  }

  /** One that shows the whole life in a while, unless another was chosen. */
  get #speedNow(): number {
    const { length } = this.#playback!.timeline;
    return this.speed ?? SPEEDS.find((speed) => length / speed <= WHOLE_MS) ?? SPEEDS.at(-1)!;
  }

  readonly #again = (): void => {
    this.#late.dismiss();
    this.#begin();
  };

  readonly #toggle = (): void => {
    if (this.isPlaying) this.#pause();
    else this.#play();
  };

  #play(): void {
    const { timeline } = this.#playback!;
    if (this.place >= timeline.length && this.#playback!.state.kind === 'ready') this.place = 0;
    this.isPlaying = true;
    this.#tell();
    this.#isWatched = true;
    this.#isFollowing = true;
    this.#tickedMs = performance.now();
    cancelAnimationFrame(this.#ticking);
    this.#ticking = requestAnimationFrame(this.#tick);
  }

  #pause(): void {
    this.isPlaying = false;
    cancelAnimationFrame(this.#ticking);
    const seq = this.#playback!.timeline.seqAt(this.place);
    announce(words.paused(this.#momentInWords(seq)));
    this.#tell();
  }

  readonly #tick = (nowMs: number): void => {
    const { timeline, state } = this.#playback!;
    this.#ticking = requestAnimationFrame(this.#tick);
    if (nowMs - this.#tickedMs < SHORTEST_TICK_MS) return;
    const passedMs = Math.min(LONGEST_TICK_MS, nowMs - this.#tickedMs);
    this.#tickedMs = nowMs;
    this.place = Math.min(timeline.length, this.place + passedMs * this.#speedNow);
    void this.#draw();
    if (this.place >= timeline.length && state.kind === 'ready') this.#pause();
  };

  /** Shows a moment that was jumped to. */
  #seek(seq: number, place = this.#playback!.timeline.placeOf(seq)): void {
    this.place = place;
    this.#isWatched = this.isPlaying;
    this.#isFollowing = true;
    void this.#draw();
    this.#tell();
  }

  readonly #slid = (event: Event): void => {
    const place = Number((event.target as HTMLInputElement).value);
    this.#seek(this.#playback!.timeline.seqAt(place), place);
  };

  readonly #dayChosen = (event: Event): void => {
    this.#seek(Number((event.target as HTMLSelectElement).value));
  };

  readonly #speedChosen = (event: Event): void => {
    this.speed = Number((event.target as HTMLSelectElement).value);
  };

  readonly #compare = (): void => {
    const { timeline } = this.#playback!;
    if (this.isPlaying) this.#pause();
    this.lookAt(timeline.timeOf(timeline.seqAt(this.place)));
  };

  readonly #unfollow = (): void => {
    this.#isFollowing = false;
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#playback?.timeline.last === 0) return;
    const target = event.target as HTMLElement;
    if (target instanceof HTMLSelectElement) return;
    if (event.key === ' ' && !(target instanceof HTMLButtonElement)) {
      event.preventDefault();
      if (!event.repeat) this.#toggle();
      return;
    }
    if (!(target instanceof HTMLInputElement)) return;
    const { timeline } = this.#playback!;
    const seq = timeline.seqAt(this.place);
    const to = seqByKey[event.key]?.(timeline, seq);
    if (to === undefined) return;
    event.preventDefault();
    this.#seek(to);
  };

  #wantedNow(): WantedFrame {
    const { timeline } = this.#playback!;
    const seq = timeline.seqAt(this.place);
    const before = (first: number): number => Math.max(0, first - 1);
    // What stands for a past that was trimmed is nobody's.
    const base = timeline.before === 0 ? 0 : timeline.before + 1;
    const lateAfter = Math.min(seq, Math.max(base, before(timeline.sittingOf(seq))));
    const watched = timeline.seqAt(this.place - FRESH_MS * this.#speedNow);
    const freshAfter = this.#isWatched
      ? Math.max(lateAfter, watched)
      : Math.max(lateAfter, before(timeline.stepOf(seq)));
    return { seq, freshAfter, lateAfter };
  }

  /** One frame after the other: what is wanted when one was drawn is drawn next. */
  async #draw(): Promise<void> {
    if (this.#isDrawing || !this.#view) return;
    this.#isDrawing = true;
    const [view, playback] = [this.#view, this.#playback!];
    try {
      for (;;) {
        const wanted = this.#wantedNow();
        if (isSame(wanted, this.#wanted)) break;
        this.#wanted = wanted;
        const frame = await playback.frame(wanted);
        await view.show(frame);
        if (view !== this.#view) break;
        this.shownSeq = frame.seq;
        this.shownTitle = frame.title;
        if (this.#isFollowing) this.#follow(view);
      }
    } catch (error) {
      console.warn(error);
      playback.fail(new Error(words.undrawable));
    } finally {
      this.#isDrawing = false;
    }
    if (view !== this.#view) void this.#draw();
  }

  #follow(view: PlayedView): void {
    const { place } = view;
    if (place === null || (place.top >= ABOVE_PX && place.bottom <= innerHeight - BELOW_PX)) return;
    scrollBy({ top: place.top - innerHeight / 3, behavior: 'instant' });
  }

  /** Tells whoever does something with a moment which it is: one that is seen and stands still. */
  #tell(): void {
    const { timeline, isOver } = this.#playback!;
    const seq = timeline.seqAt(this.place);
    const detail: PlayedMoment | null = this.isPlaying || isOver ? null : { seq, timeMs: timeline.timeOf(seq) };
    this.dispatchEvent(new CustomEvent('weft-moment', { detail }));
  }
}

const isSame = (one: WantedFrame, other: WantedFrame | null): boolean =>
  other !== null && one.seq === other.seq && one.freshAfter === other.freshAfter && one.lateAfter === other.lateAfter;

customElements.define('weft-player', Player);
