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
  const refused = one.seq === other.seq ? (one.refused ?? other.refused) : newer.refused;
  return { ...newer, watched: union(older.watched, newer.watched), ...(refused && { refused }) };
}

/** What of a record remains after a report of it was acknowledged; undefined when that is nothing. */
export function acknowledge(record: Pending, sent: { seq: number; watched: Ranges }): Pending | undefined {
  const watched = difference(record.watched, sent.watched);
  return watched.length === 0 && record.seq <= sent.seq ? undefined : { ...record, watched };
}

/** The record as it goes over the wire; of more ranges than a report may hold the rest goes with the next one. */
export function toWire(record: Pending): ReportBody {
  return {
    courseId: record.courseId,
    videoId: record.videoId,
    event: record.event,
    position: Math.round(Math.min(record.position, record.duration) * 1000) / 1000,
    duration: record.duration,
    watched: record.watched.slice(0, MAX_RANGES).map(([start, end]) => [start, end]),
    session: record.session,
    seq: record.seq,
    at: record.at,
    device: record.device,
    playbackRate: Math.min(16, record.rate > 0 ? record.rate : 1),
  };
}

/** Whether what a store gave back is a record of ours that can be sent. */
export function isPending(value: unknown): value is Pending {
  const record = value as Pending | undefined;
  return (
    record?.v === 1 &&
    typeof record.session === "string" &&
    typeof record.userKey === "string" &&
    Number.isSafeInteger(record.seq) &&
    Number.isFinite(record.position) &&
    record.duration > 0 &&
    Array.isArray(record.watched) &&
    record.watched.every(range => Array.isArray(range) && range[0] < range[1])
  );
}
