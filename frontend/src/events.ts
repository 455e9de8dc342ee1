/** Events: what the client did and why, for logs and metrics; nothing is logged unless somebody listens. */

import type { Pending } from "./report.ts";
import type { Resume } from "./resume.ts";
import type { Progress, ReportBody, ReportEvent, Result } from "./wire.ts";

export type CancelReason = "superseded" | "timeout" | "closed";

export type ProgressEvent =
  | { type: "sent"; reports: readonly ReportBody[] }
  | { type: "saved" | "rejected"; result: Result; ms: number }
  | { type: "held"; session: string; result: Result | undefined; retryInMs: number }
  | { type: "skipped"; session: string; event: ReportEvent; why: string }
  | { type: "cancelled"; session: string; why: CancelReason }
  | {
      type: "failed";
      verdict: "auth" | "retry" | "refused";
      status: number;
      error?: unknown;
      retryInMs: number;
    }
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
  return event => log("[playhead]", event.type, event);
}
