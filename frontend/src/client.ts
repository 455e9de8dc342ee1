/** Client: one learner in this page; attaches sessions, tells them of the page's life, and drains what others left. */

import type { SessionContext } from "./context.ts";
import { createDrain } from "./drain.ts";
import type { OnEvent } from "./events.ts";
import { chance } from "./ids.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { DEFAULTS, type RetryRules } from "./policy.ts";
import type { Pending } from "./report.ts";
import type { MediaLike } from "./sampler.ts";
import { createSession, type LiveSession, type Session, type SessionOptions } from "./session.ts";
import { createTabs } from "./tabs.ts";
import { createTransport, type GetToken } from "./transport.ts";

export interface ClientOptions {
  /** Where the API is: "" for the page's own origin, which is best, since no preflight can then lose the last report. */
  url: string;
  /** Whose reports these are; what is kept on this device is kept apart by it. */
  userKey: string;
  /** The bearer token; asked for again with `refresh: true` when the server refused it. */
  getToken: GetToken;
  /** How long a routine report waits until the server says otherwise, ms. */
  intervalMs?: number;
  /** The server's wishes for the interval are followed within these bounds, ms. */
  minIntervalMs?: number;
  maxIntervalMs?: number;
  /** How often a playing viewing is kept on the device, ms: the most that a crash costs. */
  checkpointMs?: number;
  timeoutMs?: number;
  retry?: Partial<RetryRules>;
  fetch?: typeof fetch;
  outbox?: Outbox;
  /** A number in [0, 1). */
  random?: () => number;
  /** Told what was sent, skipped, cancelled, saved and why; for logs and metrics. */
  onEvent?: OnEvent;
}

export interface ProgressClient {
  /** Begin to track a video on a player. Detach before the player shows another one. */
  attach(media: MediaLike, options: SessionOptions): Session;
  /** Send what earlier viewings left on this device; resolves to how many of them were acknowledged. */
  drain(): Promise<number>;
  /** What is kept on this device for this user and not acknowledged. */
  pending(): Promise<readonly Pending[]>;
  /** On logout: save, then forget what this device keeps for the user. */
  forget(): Promise<void>;
  /** Detach everything and stop listening to the page. */
  close(): void;
}

export function createProgressClient(options: ClientOptions): ProgressClient {
  const onEvent: OnEvent = event => options.onEvent?.(event);
  const settings = {
    ...DEFAULTS,
    outbox: createOutbox(onEvent),
    random: Math.random,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    ...options,
    retry: { ...DEFAULTS.retry, ...options.retry },
    onEvent,
  };
  const context: SessionContext = {
    ...settings,
    device: deviceName(),
    tabs: createTabs(),
    transport: createTransport(settings),
  };
  const { outbox, userKey } = context;
  const sessions = new Set<LiveSession>();
  const drain = createDrain(context, session => [...sessions].some(({ id }) => id === session));

  const onConnection = () => {
    const online = navigator.onLine;
    onEvent({ type: "network", online });
    for (const session of sessions) session.onConnection();
    if (online) drain.soon();
  };
  const onVisibility = () => {
    const hidden = document.visibilityState === "hidden";
    for (const session of sessions) hidden ? session.onHidden("visibilitychange") : session.onShown();
    if (!hidden) drain.soon();
  };
  const listening = new AbortController();
  if (typeof document !== "undefined") {
    const on = (target: EventTarget, type: string, listener: (event: Event) => void) =>
      target.addEventListener(type, listener, listening);
    on(document, "visibilitychange", onVisibility);
    on(window, "pagehide", () => {
      for (const session of sessions) session.onHidden("pagehide");
    });
    on(window, "pageshow", event => {
      if ((event as PageTransitionEvent).persisted) for (const session of sessions) session.onShown();
    });
    on(window, "online", onConnection);
    on(window, "offline", onConnection);
    drain.soon();
  }

  return {
    attach(media, sessionOptions) {
      const session = createSession(media, sessionOptions, context, (gone, leftOver) => {
        sessions.delete(gone);
        if (leftOver) drain.soon(context.retry.baseMs);
      });
      sessions.add(session);
      return session;
    },
    drain: drain.run,
    pending: () => outbox.list(userKey),
    async forget() {
      await Promise.all([...sessions].map(session => session.flush()));
      await drain.run();
      this.close();
      await outbox.clear(userKey);
    },
    close() {
      for (const session of sessions) session.detach();
      listening.abort();
      drain.stop();
    },
  };
}

/** A name for this browser that stays, where it may keep one. */
function deviceName(): string {
  const fresh = chance(16);
  try {
    localStorage["playhead-device"] ??= fresh;
    return localStorage["playhead-device"] as string;
  } catch {
    return fresh;
  }
}
