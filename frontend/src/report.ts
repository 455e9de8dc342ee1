/** Reports: what one viewing has yet to have acknowledged. Merging forgets nothing; only an acknowledgement takes away. */

import { difference, type Ranges, union } from "./intervals.ts";
import { MAX_RANGES } from "./policy.ts";
import type { ReportBody, ReportEvent } from "./wire.ts";

/** The outbox's record of one viewing: its newest state and the union of what is not acknowledged. */
export interface Pending {
  readonly v: 1;
  readonly userKey: string;
  readonly session: string;
  readonly courseId: string;
  readonly videoId: string;
  readonly seq: number;
  readonly event: ReportEvent;
  readonly position: number;
  readonly duration: number;
  readonly watched: Ranges;
  readonly at: number;
  readonly device: string;
  readonly rate: number;
  /** The status for which the server refused it: kept, told, and not sent again. */
  readonly refused?: number;
}

/** The same viewing seen twice: the newer state, and all that either of them holds. */
export function merge(one: Pending, other: Pending): Pending {
  const [older, newer] = one.seq <= other.seq ? [one, other] : [other, one];
  return { ...newer, watched: union(older.watched, newer.watched) };
}

/** What of a record remains after a report of it was acknowledged; undefined when that is nothing. */
export function acknowledge(record: Pending, sent: Pending): Pending | undefined {
  const watched = difference(record.watched, carried(sent));
  return watched.length === 0 && record.seq <= sent.seq ? undefined : { ...record, watched };
}

/** What of a record a report carries: of more ranges than one may hold the rest goes with the next. */
export function carried(record: Pending): Ranges {
  return record.watched.slice(0, MAX_RANGES);
}

/** The record as it goes over the wire. */
export function toWire(record: Pending): ReportBody {
  return {
    courseId: record.courseId,
    videoId: record.videoId,
    event: record.event,
    position: Math.round(Math.min(record.position, record.duration) * 1000) / 1000,
    duration: record.duration,
    watched: carried(record).map(([start, end]) => [start, end]),
    session: record.session,
    seq: record.seq,
    at: record.at,
    device: record.device,
    playbackRate: Math.min(16, Math.abs(record.rate) || 1),
  };
}

/** Whether what a store gave back is a record of ours that can be sent. */
export function isPending(value: unknown): value is Pending {
  const record = value as Pending | undefined;
  return record?.v === 1 && Array.isArray(record.watched);
}
