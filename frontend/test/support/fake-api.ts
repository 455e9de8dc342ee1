/** The API as a fetch function: the wire's rules of claim and merge in memory, and whatever trouble a test asks for. */

import { type Ranges, seconds, union } from "../../src/intervals.ts";
import { resumeAt } from "../../src/resume.ts";
import type { Progress, ReportBody, ReportRequest, Result } from "../../src/wire.ts";

const URGENT_SPACING_MS = 1000;

interface Stored {
  watched: Ranges;
  position: number;
  at: number;
  duration: number;
  sessions: Set<string>;
}

export interface Call {
  request: ReportRequest;
  at: number;
  keepalive: boolean;
  token: string;
}

export class FakeApi {
  readonly calls: Call[] = [];
  readonly stored = new Map<string, Stored>();
  readonly claims = new Map<string, { session: string; seq: number; at: number; next: number }>();
  nextUpdateMs = 30_000;
  throttles = false;
  /** Asked for each POST: a response instead of the API's, or an error to throw. */
  trouble: (call: Call) => Response | Error | undefined = () => undefined;
  /** How long an answer takes, ms. */
  latencyMs = 0;

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const path = String(input);
    if ((init.method ?? "GET") === "GET") return json(this.progress(keyOfPath(path)));
    const token = new Headers(init.headers).get("Authorization") ?? "";
    const call = {
      request: JSON.parse(String(init.body)),
      at: Date.now(),
      keepalive: init.keepalive === true,
      token,
    };
    this.calls.push(call);
    await pass(this.latencyMs / 2, init.signal); // aborted on its way there, the server never hears of it
    const trouble = this.trouble(call);
    if (trouble instanceof Error) throw trouble;
    const response = trouble ?? json({ results: this.take(call.request), nextUpdateMs: this.nextUpdateMs });
    await pass(this.latencyMs / 2, init.signal);
    return response;
  };

  /** Merge as the server does; exposed for the cases in which the answer is lost. */
  take({ reports }: ReportRequest): Result[] {
    return reports.map(report => {
      const { courseId, videoId, session, seq } = report;
      const held = this.throttles ? this.#claim(report) : undefined;
      if (held) return { courseId, videoId, session, seq, ...held };
      const key = `${courseId}/${videoId}`;
      const old = this.stored.get(key);
      const later = !old || report.at >= old.at;
      this.stored.set(key, {
        watched: union(old?.watched ?? [], report.watched),
        position: later ? report.position : old.position,
        at: later ? report.at : old.at,
        duration: report.duration,
        sessions: new Set([...(old?.sessions ?? []), session]),
      });
      const progress = reports.length === 1 ? { progress: this.progress(key) } : {};
      return { courseId, videoId, session, seq, outcome: "applied", ...progress };
    });
  }

  progress(key: string): Progress {
    const [courseId = "", videoId = ""] = key.split("/");
    const stored = this.stored.get(key);
    const watched = stored?.watched ?? [];
    const at = stored ? new Date(stored.at).toISOString() : null;
    const percentage = stored ? Math.floor((100 * seconds(watched)) / stored.duration) : 0;
    return {
      courseId,
      videoId,
      position: stored?.position ?? 0,
      positionAt: at,
      duration: stored?.duration ?? 0,
      furthest: watched.at(-1)?.[1] ?? 0,
      watched: watched.map(([start, end]) => [start, end]),
      watchedSeconds: seconds(watched),
      watchedPercentage: percentage,
      completed: percentage >= 90,
      completedAt: percentage >= 90 ? at : null,
      watchCount: stored?.sessions.size ?? 0,
      lastWatchedAt: at,
      resume: stored ? resumeAt(stored.position, stored.duration) : { position: 0, reason: "start" },
    } as Progress;
  }

  /** A turn for a report: undefined; or why there is none. */
  #claim({
    courseId,
    videoId,
    session,
    seq,
    event,
  }: ReportBody): (Partial<Result> & { outcome: "throttled" | "stale" }) | undefined {
    const key = `${courseId}/${videoId}`;
    const last = this.claims.get(key);
    const now = Date.now();
    if (last?.session === session && seq < last.seq) return { outcome: "stale" };
    const retry = last?.session === session && seq === last.seq;
    const free = !last ? 0 : event !== "timeupdate" || retry ? last.at + URGENT_SPACING_MS : last.next;
    if (free > now) return { outcome: "throttled", retryAfterMs: free - now };
    this.claims.set(key, { session, seq, at: now, next: now + this.nextUpdateMs });
    return undefined;
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

function keyOfPath(path: string): string {
  const [, courseId, videoId] = /courses\/([^/]+)\/videos\/([^/]+)\/progress/.exec(path) ?? [];
  return `${courseId}/${videoId}`;
}

/** Let time pass, unless aborted: then the client hears nothing, although the server did. */
function pass(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(signal?.reason ?? new DOMException("aborted", "AbortError"));
    if (signal?.aborted) return fail();
    signal?.addEventListener("abort", fail, { once: true });
    if (ms === 0) resolve();
    else setTimeout(resolve, ms);
  });
}
