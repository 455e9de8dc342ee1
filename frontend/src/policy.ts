/** Policy: what is urgent, how long to wait, and which answer means what. Pure; chance and time are passed in. */

import type { ReportEvent } from "./wire.ts";

export interface RetryRules {
  /** First ceiling of the backoff, ms. */
  baseMs: number;
  /** Last ceiling of the backoff, ms. */
  maxMs: number;
}

export const DEFAULTS = {
  intervalMs: 30_000,
  minIntervalMs: 5_000,
  maxIntervalMs: 120_000,
  checkpointMs: 5_000,
  timeoutMs: 15_000,
  retry: { baseMs: 1_000, maxMs: 60_000 },
} as const;

export const PAUSE_QUIET_MS = 250;
export const SEEK_QUIET_MS = 1_000;
/** A report may hold 500 ranges, a request 100 reports and 64 KiB. */
export const MAX_RANGES = 500;
export const MAX_REPORTS = 100;
export const MAX_BODY_BYTES = 60_000;

/** The events after which there may be no other chance to send. */
export function isExit(event: ReportEvent): boolean {
  return event === "pagehide" || event === "visibilitychange" || event === "ended";
}

export type Verdict = "answered" | "auth" | "retry" | "refused";

/** What a status means for what was sent; `hasResults` where the problem says of each report what became of it. */
export function verdict(status: number, hasResults: boolean): Verdict {
  if ((status >= 200 && status < 300) || hasResults) return "answered";
  if (status === 401 || status === 403) return "auth";
  if (status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429) return "refused";
  return "retry";
}

/** Full jitter: anything between nothing and the ceiling, which doubles; what the server asks for is a floor. */
export function backoffMs(attempt: number, rules: RetryRules, random: () => number, floorMs = 0): number {
  return floorMs + random() * Math.min(rules.maxMs, rules.baseMs * 2 ** attempt);
}

/** `Retry-After` in ms: seconds or a date; 0 where it says nothing. */
export function retryAfterMs(header: string | null, now: number): number {
  const ms = Number(header) * 1000 || Date.parse(header ?? "") - now;
  return ms > 0 ? Math.min(ms, 3_600_000) : 0;
}
