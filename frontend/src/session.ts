/**
 * Session: one viewing of one video; it decides when to save, where to start, and when it is over.
 *
 * playback  attaching -> idle <-> playing -> ended
 * network   clean -> dirty -> in-flight -> clean, -> backoff, -> offline, -> auth
 *
 * A routine report waits for the one in flight, an urgent one supersedes it. Nothing is sent before something has
 * played: a zero must never overwrite a good position.
 */

import { isOnline, type SessionContext } from "./context.ts";
import { seconds } from "./intervals.ts";
import { isExit, PAUSE_QUIET_MS, SEEK_QUIET_MS } from "./policy.ts";
import type { Pending } from "./report.ts";
import { newest, type Resume } from "./resume.ts";
import type { MediaLike, MediaMoment } from "./sampler.ts";
import { createSender } from "./sender.ts";
import { createSnapshotStore, type Snapshot } from "./snapshot.ts";
import { createViewing } from "./viewing.ts";
import type { Progress, ReportEvent } from "./wire.ts";

export interface SessionOptions {
  courseId: string;
  videoId: string;
  /** "auto" (the default) goes on where it was unless playing has begun; "ask" only tells; false does not look. */
  resume?: "auto" | "ask" | false;
  /** Another device or tab went on in the meantime. The player never jumps by itself. */
  onTakeover?: (progress: Progress) => void;
}

export interface Session {
  /** The viewing's ULID; another one after a reset or an erasure elsewhere. */
  readonly id: string;
  /** Save what is not acknowledged now; resolves when it was answered, failed or cancelled. */
  flush(event?: ReportEvent): Promise<void>;
  getSnapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
  /** End the viewing: save at once, then listen to nothing any more. */
  detach(): void;
}

/** A session as its client sees it. */
export interface LiveSession extends Session {
  onHidden(event: "visibilitychange" | "pagehide"): void;
  onShown(): void;
  onConnection(): void;
}

const FAR_SECONDS = 10;
const LATER_MS = 1000;

/** Begin a viewing; `onGone` is told once, when it is detached and nothing is in flight any more. */
export function createSession(
  media: MediaLike,
  options: SessionOptions,
  context: SessionContext,
  onGone: (session: LiveSession, leftOver: boolean) => void,
): LiveSession {
  const { courseId, videoId } = options;
  const { onEvent, outbox, tabs, transport, userKey } = context;
  const store = createSnapshotStore();
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let waiting: ReportEvent | undefined;
  let nextCheckpointAt = 0;
  let clockOffset = 0;
  let detached = false;
  let leaving = false;
  let release = () => {};

  const show = (change: Partial<Snapshot> = {}) =>
    store.set({
      network: sender.network,
      pendingSeconds: seconds(viewing.unacknowledged()),
      ...change,
    });

  // --- when to save ------------------------------------------------------------------------------
  const saveAfter = (ms: number, event: ReportEvent) => {
    clearTimeout(quiet);
    waiting = event;
    quiet = setTimeout(save, ms, event);
  };
  /** Why there is no need to send now; undefined where there is. */
  const needless = () => {
    if (!viewing.isDirty()) return "nothing new";
    return sender.inFlight && viewing.isCarriedBy(sender.inFlight.record) ? "on its way" : undefined;
  };
  const skip = (event: ReportEvent, why: string) =>
    onEvent({ type: "skipped", session: viewing.id, event, why });

  /** Save because something happened; only the exit does not wait for a server in trouble. */
  const save = (event: ReportEvent) => {
    viewing.sampler.sample();
    const why = needless();
    if (why) return skip(event, why);
    if (sender.trouble && !isExit(event)) {
      sender.remember(event);
      return skip(event, "backing off");
    }
    clearTimeout(quiet);
    nextCheckpointAt = Date.now() + context.checkpointMs;
    void sender.send(event, isExit(event));
  };
  const onTime = () => {
    const now = Date.now();
    if (now >= nextCheckpointAt && !needless()) checkpoint(now);
    const due = now >= sender.nextRoutineAt && !sender.inFlight && !sender.trouble && isOnline();
    if (due && viewing.unacknowledged().length > 0) save("timeupdate");
  };
  const checkpoint = (now: number) => {
    nextCheckpointAt = now + context.checkpointMs;
    const record = viewing.record("timeupdate");
    void outbox.put(record);
    onEvent({ type: "checkpoint", session: viewing.id, seq: record.seq });
  };
  const onPlaying = () => {
    if (waiting === "pause") clearTimeout(quiet);
    const now = Date.now();
    const first = sender.nextRoutineAt === 0;
    if (first) nextCheckpointAt = now + context.checkpointMs;
    const least = now + (first ? context.intervalMs : context.minIntervalMs);
    sender.nextRoutineAt = Math.max(sender.nextRoutineAt, least);
    show({ playback: "playing" });
  };
  const onEnded = () => {
    // `pause` comes just before, and waits: by then there is nothing new.
    save("ended");
    show({ playback: "ended" });
  };
  const onPause = () => {
    saveAfter(PAUSE_QUIET_MS, "pause");
    if (store.get().playback === "playing") show({ playback: "idle" });
  };
  const moments: Partial<Record<MediaMoment, () => void>> = {
    playing: onPlaying,
    timeupdate: onTime,
    pause: onPause,
    seeking: () => saveAfter(SEEK_QUIET_MS, "seeked"),
    ended: onEnded,
  };

  // --- where to start, and who else was here -----------------------------------------------------
  const look = async () => {
    const read = await transport.read(courseId, videoId);
    clockOffset = read.clockOffset;
    return read.progress;
  };
  const start = async () => {
    const [progress, records] = await Promise.all([
      look().catch(() => null),
      outbox.list(userKey).catch((): Pending[] => []),
    ]);
    if (detached) return;
    const local = records.findLast(
      one => one.courseId === courseId && one.videoId === videoId && one.session !== viewing.id,
    );
    const resume = newest(progress, local, clockOffset);
    ready(progress ? { resume, progress } : { resume });
    onEvent({ type: "resume", session: viewing.id, resume });
    if (options.resume !== "ask") goTo(resume);
  };
  const ready = (change: Partial<Snapshot>) => {
    const { playback } = store.get();
    show({ ...change, playback: playback === "attaching" ? "idle" : playback });
  };
  const goTo = ({ position, reason }: Resume) => {
    if (reason !== "continue") return;
    // Before there is metadata this is where playing will start.
    if (!viewing.started && media.currentTime < 1) media.currentTime = position;
  };
  /** Tell when somebody else went on, later than our last word and far from here. */
  const heed = (progress: Progress, ours: { at: number; position: number }) => {
    const at = Date.parse(progress.positionAt ?? "") || 0;
    const later = at > ours.at + clockOffset + LATER_MS;
    const elsewhere = Math.abs(progress.position - ours.position) > FAR_SECONDS;
    const known = store.get().takeover?.positionAt === progress.positionAt;
    show({ progress });
    if (!viewing.started || !later || !elsewhere || known) return;
    show({ takeover: progress });
    onEvent({ type: "takeover", session: viewing.id, progress });
    options.onTakeover?.(progress);
  };
  const lookAgain = async () =>
    heed(await look(), { at: viewing.lastAt, position: viewing.sampler.position });

  // --- the parts, and the end --------------------------------------------------------------------
  const leaveIfDone = () => {
    if (!detached || sender.inFlight) return;
    release();
    onGone(session, viewing.isDirty());
  };
  const viewing = createViewing(media, options, context, moment => {
    moments[moment]?.();
    show();
  });
  const sender = createSender(viewing, context, {
    onChange: saved => show(saved ? { savedAt: Date.now() } : {}),
    onProgress: heed,
    onSettled() {
      show();
      leaveIfDone();
    },
  });
  release = tabs.hold(viewing.id);

  const session: LiveSession = {
    get id() {
      return viewing.id;
    },
    getSnapshot: store.get,
    subscribe: store.subscribe,
    async flush(event = "manual") {
      viewing.sampler.sample();
      const why = needless();
      if (why) skip(event, why);
      if (!viewing.isDirty()) return;
      await (why ? sender.inFlight?.settled : sender.send(event, isExit(event)));
    },
    onHidden(event) {
      if (detached || leaving) return; // pagehide and visibilitychange come both at each exit, in this order
      leaving = event === "pagehide";
      if (leaving) release(); // a page that holds a lock may not be kept for the way back
      save(event);
    },
    onShown() {
      if (detached) return;
      if (leaving) release = tabs.hold(viewing.id);
      leaving = false;
      if (viewing.started && media.paused) lookAgain().catch(() => {});
    },
    onConnection() {
      sender.forgive();
      show();
    },
    detach() {
      if (detached) return;
      save("pagehide");
      detached = true;
      clearTimeout(quiet);
      sender.stop();
      viewing.sampler.detach();
      leaveIfDone();
    },
  };
  transport.warm();
  viewing.sampler.begin();
  if (options.resume !== false) void start();
  else ready({});
  return session;
}
