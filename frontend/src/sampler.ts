/** The sampler: turns a media element's events into what was really played. It adds only what time allows, and no jump. */

import { type Ranges, union } from "./intervals.ts";

/** What we need of a player: any HTMLMediaElement, or an object that behaves like one. */
export interface MediaLike {
  currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly seeking: boolean;
  readonly ended: boolean;
  readonly playbackRate: number;
  readonly readyState?: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

export type MediaMoment =
  | "playing"
  | "timeupdate"
  | "pause"
  | "seeking"
  | "seeked"
  | "ended"
  | "emptied"
  | "duration";

const FASTEST_SLACK = 1.5;
const SLACK_SECONDS = 1;

export interface Sampler {
  readonly played: Ranges;
  readonly position: number;
  readonly duration: number;
  /** Where it was attached in the middle of playing, no `playing` will come: begin now. */
  begin(): void;
  /** Take what was played since the last event; at the exit there will be no further event. */
  sample(): void;
  detach(): void;
}

/** Listen to `media`; after each event that matters `onMoment` is told, with what was played already added. */
export function createSampler(
  media: MediaLike,
  onMoment: (moment: MediaMoment) => void,
  now: () => number = () => performance.now(),
): Sampler {
  let played: Ranges = [];
  let position = 0;
  let duration = 0;
  let anchor: { at: number; time: number } | undefined;
  let started = false;
  let frozen = false;

  /** A changed `src` sets the time to 0 at once, in the same task, before any event says so. */
  const isEmpty = () => media.readyState === 0;
  const release = () => {
    anchor = undefined;
  };
  const take = () => {
    anchor = media.paused || media.seeking ? undefined : { at: now(), time: media.currentTime };
  };
  /** Add from the anchor to here, where this is plain playing: at `seeking` the time is the target's already. */
  const advance = () => {
    if (!started || media.seeking || isEmpty()) return;
    const time = media.currentTime;
    const at = now();
    if (anchor) {
      const most = ((at - anchor.at) / 1000) * Math.abs(media.playbackRate) * FASTEST_SLACK + SLACK_SECONDS;
      if (time > anchor.time && time - anchor.time <= most) played = union(played, [[anchor.time, time]]);
      anchor = { at, time };
    }
    position = time;
  };
  const readDuration = () => {
    if (!frozen && Number.isFinite(media.duration) && media.duration > 0) duration = media.duration;
  };
  const handlers: Record<string, () => MediaMoment | undefined> = {
    playing: () => {
      advance();
      started = true;
      frozen = false;
      readDuration();
      position = media.currentTime;
      take();
      return "playing";
    },
    timeupdate: () => {
      advance();
      return started && !media.seeking ? "timeupdate" : undefined;
    },
    pause: () => {
      advance();
      release();
      return "pause";
    },
    seeking: () => {
      release();
      if (started) position = media.currentTime;
      return "seeking";
    },
    seeked: () => {
      if (started) position = media.currentTime;
      take();
      return "seeked";
    },
    ended: () => {
      advance();
      release();
      return "ended";
    },
    // The source goes: times are of the next one, or 0, until something plays again. The last position stays.
    emptied: () => {
      release();
      frozen = started;
      started = false;
      return "emptied";
    },
    durationchange: () => {
      readDuration();
      return "duration";
    },
  };
  const listen = (event: Event) => {
    const moment = handlers[event.type]?.();
    if (moment) onMoment(moment);
  };
  for (const type of Object.keys(handlers)) media.addEventListener(type, listen);
  readDuration();

  return {
    get played() {
      return played;
    },
    get position() {
      return position;
    },
    get duration() {
      return duration;
    },
    begin() {
      if (!media.paused && media.currentTime > 0) listen(new Event("playing"));
    },
    sample: advance,
    detach() {
      started = false;
      for (const type of Object.keys(handlers)) media.removeEventListener(type, listen);
    },
  };
}
