/**
 * Transport: one fixed URL, keepalive while its quota lasts, and every body read to its end.
 *
 * With a token at hand the request leaves in the same task, because at the exit there is no other.
 */

import type { CancelReason, OnEvent } from "./events.ts";
import { MAX_BODY_BYTES, retryAfterMs, verdict } from "./policy.ts";
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
  let keepaliveBytes = 0;

  const fits = (body: string) => keepaliveBytes + body.length <= MAX_BODY_BYTES;
  const freshToken = async (refresh: boolean): Promise<string> => {
    cached = await getToken({ refresh });
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

  const post = async (token: string, body: string, signal: AbortSignal): Promise<[Response, unknown]> => {
    const bytes = body.length;
    const keepalive = fits(body);
    if (keepalive) keepaliveBytes += bytes;
    try {
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const response = await fetch(`${base}/v1/progress`, {
        method: "POST",
        headers,
        body,
        keepalive,
        signal,
      });
      // Read to the end whatever it is: Chromium gives an unread answer's keepalive quota never back.
      return [response, parse(await response.text())];
    } finally {
      if (keepalive) keepaliveBytes -= bytes;
    }
  };

  const exchange = async (
    first: string | Promise<string>,
    body: string,
    signal: AbortSignal,
  ): Promise<Sent> => {
    const from = Date.now();
    let [response, answer] = await post(typeof first === "string" ? first : await first, body, signal);
    if (judge(response, answer) === "auth")
      [response, answer] = await post(await freshToken(true), body, signal);
    const judged = judge(response, answer);
    if (judged !== "answered") {
      const floor = retryAfterMs(response.headers.get("Retry-After"), Date.now());
      return { verdict: judged, status: response.status, retryAfterMs: floor };
    }
    const { results, nextUpdateMs } = answer as ReportAnswer;
    return { verdict: "answered", results, nextUpdateMs, ms: Date.now() - from };
  };

  const send = async (
    records: readonly Pending[],
    exit: boolean,
    controller: AbortController,
  ): Promise<Sent> => {
    const request: ReportRequest = { sentAt: Date.now(), reports: records.map(toWire) };
    const timer = setTimeout(() => controller.abort("timeout" satisfies CancelReason), timeoutMs);
    try {
      const token = exit ? tokenAtHand() : undefined;
      const body = JSON.stringify(request);
      onEvent({ type: "sent", reports: request.reports, keepalive: fits(body) });
      return await exchange(token ?? freshToken(false).catch(tokenFailed), body, controller.signal);
    } catch (error) {
      return failure(error, controller.signal);
    } finally {
      clearTimeout(timer);
    }
  };

  const read = async (courseId: string, videoId: string): Promise<Read> => {
    const path = `/v1/courses/${encodeURIComponent(courseId)}/videos/${encodeURIComponent(videoId)}/progress`;
    const ask = async (token: string) =>
      fetch(base + path, {
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
    let response = await ask(await freshToken(false));
    if (response.status === 401) {
      await response.text();
      response = await ask(await freshToken(true));
    }
    const body = parse(await response.text());
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    const date = Date.parse(response.headers.get("Date") ?? "");
    return { progress: body as Progress, clockOffset: Number.isNaN(date) ? 0 : date - Date.now() };
  };

  return { send, read, warm: () => void freshToken(false).catch(() => {}) };
}

class TokenFailure extends Error {}

function failure(error: unknown, { aborted, reason }: AbortSignal): Sent {
  if (error instanceof TokenFailure)
    return { verdict: "auth", status: 0, retryAfterMs: 0, error: error.cause };
  if (aborted && reason !== "timeout") return { verdict: "cancelled", why: reason as CancelReason };
  return { verdict: "retry", status: 0, retryAfterMs: 0, error };
}

function tokenFailed(cause: unknown): never {
  throw new TokenFailure("no token", { cause });
}

function judge(response: Response, answer: unknown): "answered" | "auth" | "retry" | "refused" {
  const hasResults = Array.isArray((answer as ReportAnswer | Problem | undefined)?.results);
  const judged = verdict(response.status, hasResults);
  return judged === "answered" && !hasResults ? "retry" : judged; // a captive portal's 200 acknowledges nothing
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
