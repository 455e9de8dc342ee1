/**
 * Sender: at most one request of a session in flight, and what its answer means.
 *
 * A newer request aborts the one in flight and carries all that it carried: an abort is not undone on the server, only
 * its answer is not waited for. What was not acknowledged stays, and comes again after a backoff.
 */

import { isOnline, type SessionContext } from "./context.ts";
import type { CancelReason } from "./events.ts";
import { sessionId } from "./ids.ts";
import { isFinal } from "./outcome.ts";
import { backoffMs } from "./policy.ts";
import type { Pending } from "./report.ts";
import type { NetworkState } from "./snapshot.ts";
import type { Sent } from "./transport.ts";
import type { Viewing } from "./viewing.ts";
import type { Progress, ReportEvent, Result } from "./wire.ts";

/** A refusal does not go away by asking again soon. */
const FLOORS_MS = { auth: 5_000, refused: 60_000, retry: 0 };
const MANNERS_MS = 250;

export interface Sender {
  /** Keep and send what there is; at the exit in this very task. Resolves when answered, failed, cancelled or offline. */
  send(event: ReportEvent, exit: boolean): Promise<void>;
  readonly inFlight: { readonly record: Pending; readonly settled: Promise<void> } | undefined;
  /** The server or the token is in trouble: only the exit is tried meanwhile. */
  trouble: "backoff" | "auth" | undefined;
  readonly network: NetworkState;
  /** When the next routine report may be sent, ms since the epoch. */
  nextRoutineAt: number;
  /** Send this when the trouble is over. */
  remember(event: ReportEvent): void;
  /** The connection is back: forget the trouble, try soon. */
  forgive(): void;
  stop(): void;
}

export interface SenderHooks {
  onChange(saved: boolean): void;
  onProgress(progress: Progress, record: Pending): void;
  onSettled(): void;
}

interface Flight {
  record: Pending;
  controller: AbortController;
  settled: Promise<void>;
}

export function createSender(viewing: Viewing, context: SessionContext, hooks: SenderHooks): Sender {
  const { outbox, onEvent, random, retry, transport } = context;
  let inFlight: Flight | undefined;
  let attempt = 0;
  let unsent: ReportEvent = "timeupdate";
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (event: ReportEvent, exit: boolean): Promise<void> => {
    clearTimeout(timer);
    unsent = event;
    const record = viewing.record(event);
    if (exit) outbox.putNow(record);
    void outbox.put(record);
    if (!isOnline()) return Promise.resolve(hooks.onChange(false));
    inFlight?.controller.abort("superseded" satisfies CancelReason);
    const flight: Flight = { record, controller: new AbortController(), settled: Promise.resolve() };
    inFlight = flight;
    flight.settled = transport.send([record], exit, flight.controller).then(sent => settle(flight, sent));
    hooks.onChange(false);
    return flight.settled;
  };

  const settle = async (flight: Flight, sent: Sent): Promise<void> => {
    const current = inFlight === flight;
    if (current) inFlight = undefined;
    if (sent.verdict === "cancelled") onEvent({ type: "cancelled", session: viewing.id, why: sent.why });
    else if (sent.verdict === "answered") await onAnswer(flight.record, sent, current);
    else if (current) onFailure(sent);
    hooks.onSettled();
  };

  const onAnswer = async (record: Pending, sent: Sent & { verdict: "answered" }, current: boolean) => {
    const result = sent.results[0];
    if (current) sender.trouble = undefined;
    if (result && isFinal(result, sent.ms, onEvent)) await onAcknowledged(record, result, sent, current);
    else onHeld(record, result, current);
  };

  const onAcknowledged = async (
    record: Pending,
    result: Result,
    { nextUpdateMs }: Sent & { verdict: "answered" },
    current: boolean,
  ) => {
    attempt = 0;
    if (current) unsent = "timeupdate";
    const interval = Math.min(
      Math.max(nextUpdateMs ?? context.intervalMs, context.minIntervalMs),
      context.maxIntervalMs,
    );
    sender.nextRoutineAt = Date.now() + interval;
    viewing.acknowledge(record, current);
    hooks.onChange(true);
    if (result.outcome === "rejected") viewing.id = sessionId(Date.now());
    if (result.progress) hooks.onProgress(result.progress, record);
    await outbox.settle(record);
  };

  /** Not its turn, or overtaken: everything is kept, and comes again under a higher number. */
  const onHeld = (record: Pending, result: Result | undefined, current: boolean) => {
    const throttled = result?.outcome === "throttled";
    if (!throttled) viewing.outrun(record);
    const retryInMs = throttled
      ? (result.retryAfterMs ?? context.minIntervalMs) + random() * MANNERS_MS
      : backoffMs(attempt++, retry, random);
    onEvent({ type: "held", session: viewing.id, result, retryInMs });
    if (current) retryIn(retryInMs);
  };

  const onFailure = (sent: Sent & { verdict: "auth" | "retry" | "refused" }) => {
    sender.trouble = sent.verdict === "auth" ? "auth" : "backoff";
    const retryInMs = backoffMs(
      attempt++,
      retry,
      random,
      Math.max(sent.retryAfterMs, FLOORS_MS[sent.verdict]),
    );
    onEvent({ ...sent, type: "failed", retryInMs });
    retryIn(retryInMs);
  };

  const retryIn = (ms: number) => {
    sender.nextRoutineAt = Math.max(sender.nextRoutineAt, Date.now() + ms);
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(onRetry, ms);
    hooks.onChange(false);
  };
  const onRetry = () => {
    viewing.sampler.sample();
    if (!inFlight && viewing.isDirty()) void send(unsent, false);
    else sender.trouble = undefined;
    hooks.onChange(false);
  };

  const sender: Sender = {
    send,
    nextRoutineAt: 0,
    get inFlight() {
      return inFlight;
    },
    trouble: undefined,
    get network() {
      if (!isOnline()) return "offline";
      return sender.trouble ?? (inFlight ? "in-flight" : viewing.isDirty() ? "dirty" : "clean");
    },
    remember(event) {
      unsent = event;
    },
    forgive() {
      sender.trouble = undefined;
      attempt = 0;
      unsent = "manual"; // the window must not hold what waited for the connection
      if (isOnline() && viewing.isDirty()) retryIn(random() * MANNERS_MS);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
  return sender;
}
