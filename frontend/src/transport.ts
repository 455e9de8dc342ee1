/**
 * Transport: one fixed URL, keepalive while its quota lasts, and every body read to its end.
 *
 * With a token at hand the request leaves in the same task, because at the exit there is no other.
 */

import type { CancelReason, OnEvent } from "./events.ts";
import { MAX_BODY_BYTES, retryAfterMs, type Verdict, verdict } from "./policy.ts";
import { type Pending, toWire } from "./report.ts";
import type { Problem, Progress, ReportAnswer, ReportRequest, Result } from "./wire.ts";

export type GetToken = (options: { refresh: boolean }) => string | Promise<string>;

export type Sent =
  | { verdict: "answered"; results: readonly Result[]; nextUpdateMs: number | undefined; ms: number }
  | { verdict: "auth" | "retry" | "refused"; status: number; retryAfterMs: number; error?: unknown }
  | { verdict: "cancelled"; why: CancelReason };

export interface Read {
  progress: Progress;
  /** The server's clock less ours, ms; 0 where it does not tell. */
  clockOffset: number;
}

export interface Transport {
  /** Send; never rejects. `controller.abort(reason)` cancels with a CancelReason. */
  send(records: readonly Pending[], exit: boolean, controller: AbortController): Promise<Sent>;
  read(courseId: string, videoId: string): Promise<Read>;
  /** Fetch a token ahead: at the exit there is no time to. */
  warm(): void;
}

export interface TransportOptions {
  url: string;
  getToken: GetToken;
  timeoutMs: number;
  fetch: typeof fetch;
  onEvent: OnEvent;
}

export function createTransport({ url, getToken, timeoutMs, fetch, onEvent }: TransportOptions): Transport {
  const base = url.replace(/\/+$/, "");
  let cached: string | undefined;
  let noToken = false;
  let keepaliveBytes = 0;

  const freshToken = async (refresh: boolean): Promise<string> => {
    noToken = true;
    cached = await getToken({ refresh });
    noToken = false;
    return cached;
  };
  const tokenAtHand = (): string | undefined => {
    const token = getToken({ refresh: false });
    if (typeof token === "string") cached = token;
    else
      token.then(
        late => {
          cached = late;
        },
        () => {},
      );
    return cached;
  };

  /** Ask with the token; where it is refused, once more with a new one. */
  const ask = async (token: string | undefined, path: string, init: RequestInit): Promise<Answer> => {
    const once = async (bearer: string): Promise<Answer> => {
      const headers = {
        Authorization: `Bearer ${bearer}`,
        ...(init.body && { "Content-Type": "application/json" }),
      };
      const response = await fetch(base + path, { ...init, headers });
      // Read to the end whatever it is: Chromium gives an unread answer's keepalive quota never back.
      const body = parse(await response.text());
      const isOurs = Array.isArray((body as ReportAnswer | Problem | undefined)?.results);
      return { response, body, meaning: verdict(response.status, isOurs), isOurs };
    };
    const answer = await once(token ?? (await freshToken(false)));
    return answer.meaning === "auth" ? once(await freshToken(true)) : answer;
  };

  const post = async (body: string, exit: boolean, signal: AbortSignal): Promise<Sent> => {
    const from = Date.now();
    const keepalive = keepaliveBytes + body.length <= MAX_BODY_BYTES;
    const bytes = keepalive ? body.length : 0;
    keepaliveBytes += bytes;
    try {
      const init = { method: "POST", body, keepalive, signal };
      const {
        response,
        body: answer,
        meaning,
        isOurs,
      } = await ask(exit ? tokenAtHand() : undefined, "/v1/progress", init);
      if (meaning === "answered" && isOurs)
        return { verdict: meaning, ...(answer as ReportAnswer), ms: Date.now() - from };
      // A captive portal's 200 acknowledges nothing.
      return {
        verdict: meaning === "answered" ? "retry" : meaning,
        status: response.status,
        retryAfterMs: retryAfterMs(response.headers.get("Retry-After"), Date.now()),
      };
    } finally {
      keepaliveBytes -= bytes;
    }
  };

  return {
    async send(records, exit, controller) {
      const request: ReportRequest = { sentAt: Date.now(), reports: records.map(toWire) };
      const body = JSON.stringify(request);
      const timer = setTimeout(() => controller.abort("timeout" satisfies CancelReason), timeoutMs);
      onEvent({ type: "sent", reports: request.reports });
      try {
        return await post(body, exit, controller.signal);
      } catch (error) {
        const { reason } = controller.signal;
        if (reason && reason !== "timeout") return { verdict: "cancelled", why: reason as CancelReason };
        return { verdict: noToken ? "auth" : "retry", status: 0, retryAfterMs: 0, error };
      } finally {
        clearTimeout(timer);
      }
    },
    async read(courseId, videoId) {
      const path = `/v1/courses/${courseId}/videos/${videoId}/progress`;
      const { response, body } = await ask(undefined, path, { signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok) throw response;
      const date = Date.parse(response.headers.get("Date") ?? "");
      return { progress: body as Progress, clockOffset: date - Date.now() || 0 };
    },
    warm() {
      freshToken(false).catch(() => {});
    },
  };
}

interface Answer {
  response: Response;
  body: unknown;
  meaning: Verdict;
  /** Whether it says of each report what became of it. */
  isOurs: boolean;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
