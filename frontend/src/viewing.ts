/** Viewing: what was played in one session, what of it is acknowledged, and so what there is to save. */

import type { SessionContext } from "./context.ts";
import { sessionId } from "./ids.ts";
import { difference, type Ranges, union, wholeSeconds } from "./intervals.ts";
import { MAX_RANGES } from "./policy.ts";
import type { Pending } from "./report.ts";
import { createSampler, type MediaLike, type MediaMoment } from "./sampler.ts";
import type { ReportEvent } from "./wire.ts";

const MOVED_SECONDS = 0.5;

export interface Viewing {
  readonly id: string;
  readonly position: number;
  /** When the last record was made, ms since the epoch. */
  readonly lastAt: number;
  readonly started: boolean;
  unacknowledged(): Ranges;
  isDirty(): boolean;
  /** Whether a record that is on its way carries all there is. */
  isCarriedBy(record: Pending): boolean;
  record(event: ReportEvent): Pending;
  /** Take away what a record carried, and return that. */
  acknowledge(record: Pending, newest: boolean): { seq: number; watched: Ranges };
  /** The server knows a higher number than that of this record: go on above it. */
  outrun(record: Pending): void;
  begin(): void;
  /** Take what was played since the last media event. */
  sample(): void;
  detach(): void;
}

export function createViewing(
  media: MediaLike,
  { courseId, videoId }: { courseId: string; videoId: string },
  { userKey, device }: Pick<SessionContext, "userKey" | "device">,
  onMoment: (moment: MediaMoment) => void,
): Viewing {
  const id = sessionId(Date.now());
  let seq = 0;
  let lastAt = 0;
  let acked: Ranges = [];
  let ackedPosition: number | undefined;
  let started = false;
  const sampler = createSampler(media, moment => {
    started ||= moment === "playing";
    onMoment(moment);
  });

  const unacknowledged = () => difference(wholeSeconds(sampler.played, sampler.duration), acked);
  const movedFrom = (position: number | undefined) =>
    position === undefined || Math.abs(sampler.position - position) > MOVED_SECONDS;

  return {
    id,
    get position() {
      return sampler.position;
    },
    get lastAt() {
      return lastAt;
    },
    get started() {
      return started;
    },
    unacknowledged,
    isDirty: () =>
      started && sampler.duration > 0 && (movedFrom(ackedPosition) || unacknowledged().length > 0),
    isCarriedBy: record =>
      !movedFrom(record.position) &&
      difference(unacknowledged(), record.watched.slice(0, MAX_RANGES)).length === 0,
    record(event) {
      lastAt = Date.now();
      seq += 1;
      const { position, duration } = sampler;
      const state = { seq, event, position, duration, watched: unacknowledged(), at: lastAt };
      return { v: 1, userKey, session: id, courseId, videoId, ...state, device, rate: media.playbackRate };
    },
    acknowledge(record, newest) {
      const sent = { seq: record.seq, watched: record.watched.slice(0, MAX_RANGES) };
      acked = union(acked, sent.watched);
      if (newest) ackedPosition = record.position;
      return sent;
    },
    outrun(record) {
      seq = Math.max(seq, record.seq * 2 + 1);
    },
    begin: sampler.begin,
    sample: sampler.sample,
    detach: sampler.detach,
  };
}
