// What a trace of Chromium says about one page: how long its main thread ran script, and how long its tasks took. Script is
// whatever the browser called, with the layout that it forces and the garbage collected while it runs; counted in CPU time of
// the thread, so that what else the machine does is not. What the browser does by itself in idle moments is none of it: it reads
// the whole text for its spelling then.

/** Of the Trace Event Format; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** On the processor. */
  readonly tdur?: number;
  readonly args?: { readonly data?: { readonly type?: string } };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
}

/** Everything by which a browser enters script; those within one another are counted once. */
const SCRIPT = new Set([
  'BlinkScheduler_PerformMicrotaskCheckpoint',
  'EvaluateScript',
  'FireAnimationFrame',
  'FunctionCall',
  'RunMicrotasks',
  'TimerFire',
]);
/** One that calls script has such a call in it. */
const IDLE = 'FireIdleCallback';
const CALL = 'FunctionCall';
const TASK = 'RunTask';

export class PageTrace {
  /** In order, none within another. */
  readonly #script: readonly Span[];
  readonly #tasks: readonly Span[];
  readonly #events: readonly TraceEvent[];

  /** @throws Error when no page in it was typed in or sent anything */
  constructor(events: readonly TraceEvent[]) {
    const sign = events.find((event) => isKeyDown(event) || isReceipt(event));
    if (sign === undefined) throw new Error('The trace has neither a key nor a message in it.');
    this.#events = events
      .filter(({ pid, tid }) => pid === sign.pid && tid === sign.tid)
      .toSorted((a, b) => a.ts - b.ts);
    const calls = this.#events.filter(({ name }) => name === CALL);
    const isScript = (event: TraceEvent): boolean =>
      SCRIPT.has(event.name) || (event.name === IDLE && calls.some((call) => isWithin(call, event)));
    this.#script = outermost(this.#events.filter(isScript));
    this.#tasks = outermost(this.#events.filter(({ name }) => name === TASK));
  }

  /** Milliseconds of script from each key to the next; after the last one up to the end. */
  scriptPerKeyMs(): number[] {
    return this.#scriptBetweenMs(this.#events.filter(isKeyDown).map(({ ts }) => ts));
  }

  /** The same for messages that came over a WebSocket. */
  scriptPerMessageMs(): number[] {
    return this.#scriptBetweenMs(this.#events.filter(isReceipt).map(({ ts }) => ts));
  }

  /** Of the tasks alone in which a key was pressed. */
  scriptInKeyTasksMs(): number[] {
    return this.#scriptInTasksMs(isKeyDown);
  }

  /** Of the tasks alone in which something came. */
  scriptInMessageTasksMs(): number[] {
    return this.#scriptInTasksMs(isReceipt);
  }

  longestTaskMs(): number {
    return Math.max(0, ...this.#tasks.map(({ from, to }) => to - from)) / 1000;
  }

  #scriptBetweenMs(starts: readonly number[]): number[] {
    return starts.map((from, index) => this.#scriptWithinMs(from, starts[index + 1] ?? Number.POSITIVE_INFINITY));
  }

  #scriptInTasksMs(isCause: (event: TraceEvent) => boolean): number[] {
    const causes = this.#events.filter(isCause).map(({ ts }) => ts);
    return this.#tasks
      .filter(({ from, to }) => causes.some((at) => from <= at && at < to))
      .map(({ from, to }) => this.#scriptWithinMs(from, to));
  }

  #scriptWithinMs(from: number, to: number): number {
    return sum(this.#script.filter((span) => span.from >= from && span.from < to).map(({ cpu }) => cpu)) / 1000;
  }
}

const isKeyDown = ({ name, args }: TraceEvent): boolean => name === 'EventDispatch' && args?.data?.type === 'keydown';
const isReceipt = ({ name }: TraceEvent): boolean => name === 'WebSocketReceive';
const isWithin = (event: TraceEvent, { ts, dur = 0 }: TraceEvent): boolean => ts <= event.ts && event.ts < ts + dur;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** @param events in order of time */
function outermost(events: readonly TraceEvent[]): Span[] {
  const spans: Span[] = [];
  for (const { ts, dur = 0, tdur = dur } of events) {
    if (ts >= (spans.at(-1)?.to ?? 0)) spans.push({ from: ts, to: ts + dur, cpu: tdur });
  }
  return spans;
}
