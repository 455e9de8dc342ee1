/** Events: what the client did and why, for logs and metrics; nothing is logged unless somebody listens. */

import type { Pending } from "./report.ts";
import type { Resume } from "./resume.ts";
import type { Outcome, Progress, ReportBody, ReportEvent, Result } from "./wire.ts";

export type CancelReason = "superseded" | "timeout" | "closed";

export type ProgressEvent =
  | { type: "sent"; reports: readonly ReportBody[]; keepalive: boolean }
  | { type: "saved"; session: string; seq: number; outcome: Outcome; clippedSeconds: number; ms: number }
  | { type: "held"; session: string; seq: number; outcome: "throttled" | "stale"; retryInMs: number }
  | { type: "skipped"; session: string; event: ReportEvent; why: string }
  | { type: "cancelled"; session: string; why: CancelReason }
  | { type: "failed"; status: number; error: unknown; retryInMs: number }
  | { type: "unauthorized"; status: number; retryInMs: number }
  | { type: "rejected"; session: string; result: Result }
  | { type: "refused"; status: number; reports: readonly Pending[] }
  | { type: "checkpoint"; session: string; seq: number }
  | { type: "outbox"; error: unknown }
  | { type: "dropped"; reports: readonly Pending[] }
  | { type: "drained"; reports: number }
  | { type: "resume"; session: string; resume: Resume }
  | { type: "takeover"; session: string; progress: Progress }
  | { type: "network"; online: boolean };

export type OnEvent = (event: ProgressEvent) => void;

/** A listener that writes each event to the console, as `onEvent: debugLog()`. */
// biome-ignore lint/suspicious/noConsole: writing there is what it is for
export function debugLog(log: (...parts: unknown[]) => void = console.debug): OnEvent {
  return ({ type, ...rest }) => log(`[playhead] ${type}`, rest);
}
