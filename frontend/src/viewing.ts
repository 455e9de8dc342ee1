/** Viewing: what was played in one session, what of it is acknowledged, and so what there is to save. */

import type { SessionContext } from "./context.ts";
import { sessionId } from "./ids.ts";
import { difference, type Ranges, union, wholeSeconds } from "./intervals.ts";
import { carried, type Pending } from "./report.ts";
import { createSampler, type MediaLike, type MediaMoment, type Sampler } from "./sampler.ts";
import type { ReportEvent } from "./wire.ts";

const MOVED_SECONDS = 0.5;

export interface Viewing {
  /** The session's id; another one once what this one belonged to is over, by a reset or an erasure. */
  id: string;
  readonly sampler: Sampler;
  /** When the last record was made, ms since the epoch. */
  lastAt: number;
  started: boolean;
  unacknowledged(): Ranges;
  isDirty(): boolean;
  /** Whether a record that is on its way carries all there is. */
  isCarriedBy(record: Pending): boolean;
  record(event: ReportEvent): Pending;
  /** Take away what a record carried. */
  acknowledge(record: Pending, newest: boolean): void;
  /** The server knows a higher number than that of this record: go on above it. */
  outrun(record: Pending): void;
}

export function createViewing(
  media: MediaLike,
  { courseId, videoId }: { courseId: string; videoId: string },
  { userKey, device }: Pick<SessionContext, "userKey" | "device">,
  onMoment: (moment: MediaMoment) => void,
): Viewing {
  let seq = 0;
  let acked: Ranges = [];
  let ackedPosition: number | undefined;
  const sampler = createSampler(media, moment => {
    viewing.started ||= moment === "playing";
    onMoment(moment);
  });

  const unacknowledged = () => difference(wholeSeconds(sampler.played, sampler.duration), acked);
  const movedFrom = (position: number | undefined) =>
    position === undefined || Math.abs(sampler.position - position) > MOVED_SECONDS;

  const viewing: Viewing = {
    id: sessionId(Date.now()),
    sampler,
    lastAt: 0,
    started: false,
    unacknowledged,
    isDirty: () =>
      viewing.started && sampler.duration > 0 && (movedFrom(ackedPosition) || unacknowledged().length > 0),
    isCarriedBy: record =>
      !movedFrom(record.position) && difference(unacknowledged(), carried(record)).length === 0,
    record(event) {
      viewing.lastAt = Date.now();
      seq += 1;
      const { position, duration } = sampler;
      return {
        v: 1,
        userKey,
        session: viewing.id,
        courseId,
        videoId,
        seq,
        event,
        position,
        duration,
        watched: unacknowledged(),
        at: viewing.lastAt,
        device,
        rate: media.playbackRate,
      };
    },
    acknowledge(record, newest) {
      acked = union(acked, carried(record));
      if (newest) ackedPosition = record.position;
    },
    outrun(record) {
      seq = Math.max(seq, record.seq * 2 + 1);
    },
  };
  return viewing;
}
