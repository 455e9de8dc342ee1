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
  | "durationchange";

/** How much faster than its rate a player may be between two events, and how many seconds besides. */
const SLACK = 1.5;

export interface Sampler {
  played: Ranges;
  position: number;
  duration: number;
  /** Take what was played since the last event; at the exit there will be no further event. */
  sample(): void;
  /** Where it was attached in the middle of playing, no `playing` will come: begin now. */
  begin(): void;
  detach(): void;
}

/** Listen to `media`; after each event that matters `onMoment` is told, with what was played already added. */
export function createSampler(
  media: MediaLike,
  onMoment: (moment: MediaMoment) => void,
  now: () => number = Date.now,
): Sampler {
  let anchor: { at: number; time: number } | undefined;
  let started = false;
  let frozen = false;

  const drop = () => {
    anchor = undefined;
  };
  const take = () => {
    anchor = media.paused || media.seeking ? undefined : { at: now(), time: media.currentTime };
  };
  const follow = () => {
    if (started) sampler.position = media.currentTime;
  };
  /**
   * Add from the anchor to here, where this is plain playing: at `seeking` the time is the target's already, and a
   * changed `src` sets it to 0 in the same task, before any event says so.
   */
  const sample = () => {
    if (!started || media.seeking || media.readyState === 0) return;
    const time = media.currentTime;
    if (anchor) {
      const most = ((now() - anchor.at) / 1000) * media.playbackRate * SLACK + SLACK;
      if (time - anchor.time <= most) sampler.played = union(sampler.played, [[anchor.time, time]]);
      anchor = { at: now(), time };
    }
    sampler.position = time;
  };
  const measure = () => {
    if (!frozen && media.duration < Number.POSITIVE_INFINITY) sampler.duration = media.duration;
  };
  const handlers: Record<MediaMoment, () => void> = {
    playing() {
      sample();
      started = true;
      frozen = false;
      measure();
      follow();
      take();
    },
    timeupdate: sample,
    pause() {
      sample();
      drop();
    },
    seeking() {
      drop();
      follow();
    },
    seeked() {
      follow();
      take();
    },
    ended() {
      sample();
      drop();
    },
    // The source goes: times are of the next one, or 0, until something plays again. The last position stays.
    emptied() {
      drop();
      frozen = started;
      started = false;
    },
    durationchange: measure,
  };
  const listen = ({ type }: { type: string }) => {
    handlers[type as MediaMoment]();
    onMoment(type as MediaMoment);
  };
  for (const type in handlers) media.addEventListener(type, listen);

  const sampler: Sampler = {
    played: [],
    position: 0,
    duration: 0,
    sample,
    begin() {
      if (!media.paused && media.currentTime > 0) listen({ type: "playing" });
    },
    detach() {
      started = false;
      for (const type in handlers) media.removeEventListener(type, listen);
    },
  };
  measure();
  return sampler;
}
