/** Drain: sends what dead viewings left in the outbox, in as few requests as the limits allow, one tab at a time. */

import { isOnline, type SessionContext } from "./context.ts";
import { backoffMs, MAX_BODY_BYTES, MAX_RANGES, MAX_REPORTS } from "./policy.ts";
import { type Pending, toWire } from "./report.ts";
import type { Sent } from "./transport.ts";
import type { Result } from "./wire.ts";

export interface Drain {
  /** Send what is left; resolves to how many records were acknowledged. */
  run(): Promise<number>;
  /** Run before long. */
  soon(ms?: number): void;
  stop(): void;
}

/** Where a browser cannot tell which tabs live, a viewing that was silent for so long is taken for dead. */
const SILENT_MS = 60_000;

export function createDrain(context: SessionContext, isOurs: (session: string) => boolean): Drain {
  const { onEvent, outbox, random, retry, tabs, transport, userKey } = context;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<number> | undefined;
  let controller = new AbortController();
  let attempt = 0;

  const left = async (): Promise<Pending[]> => {
    const alive = await tabs.alive();
    const isDead = ({ session, at }: Pending) =>
      !isOurs(session) && (alive ? !alive.has(session) : at < Date.now() - SILENT_MS);
    return (await outbox.list(userKey)).filter(record => !record.refused && isDead(record));
  };

  const soon = (ms = 0) => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };
  const later = (floorMs: number) => soon(backoffMs(attempt++, retry, random, floorMs));

  const sendAll = async (): Promise<number> => {
    let acknowledged = 0;
    for (const batch of batches(await left())) {
      const count = await sendBatch(batch);
      if (count === undefined) break;
      acknowledged += count;
    }
    if (acknowledged > 0) onEvent({ type: "drained", reports: acknowledged });
    return acknowledged;
  };

  /** How many of the batch were acknowledged; undefined when there is no use in going on now. */
  const sendBatch = async (batch: readonly Pending[]): Promise<number | undefined> => {
    // The viewing is over: the window of a routine report must not hold what it left.
    const sent = await transport.send(
      batch.map(record => ({ ...record, event: "pagehide" })),
      false,
      controller,
    );
    if (sent.verdict === "answered") return settleAll(batch, sent.results);
    if (sent.verdict === "refused") return refuse(batch, sent.status);
    if (sent.verdict !== "cancelled") giveUp(sent);
    return undefined;
  };
  const giveUp = (sent: Sent & { verdict: "auth" | "retry" | "refused" }) => {
    later(sent.retryAfterMs);
    onEvent({ type: "failed", status: sent.status, error: sent.error, retryInMs: sent.retryAfterMs });
  };

  /** One bad report must not hold the others: each alone, and what is refused alone is kept aside and told. */
  const refuse = async (batch: readonly Pending[], status: number): Promise<number | undefined> => {
    if (batch.length > 1) {
      let acknowledged = 0;
      for (const record of batch) acknowledged += (await sendBatch([record])) ?? 0;
      return acknowledged;
    }
    for (const record of batch) await outbox.put({ ...record, refused: status });
    onEvent({ type: "refused", status, reports: batch });
    return 0;
  };

  const settleAll = async (batch: readonly Pending[], results: readonly Result[]): Promise<number> => {
    let acknowledged = 0;
    for (const [index, record] of batch.entries()) if (await settle(record, results[index])) acknowledged++;
    if (acknowledged > 0) attempt = 0;
    return acknowledged;
  };
  const settle = async (record: Pending, result: Result | undefined): Promise<boolean> => {
    const { session, seq } = record;
    if (!result || result.outcome === "throttled" || result.outcome === "stale") {
      const stale = result?.outcome === "stale";
      if (stale) await outbox.put({ ...record, seq: seq * 2 + 1 });
      later(result?.retryAfterMs ?? 0);
      return false;
    }
    const watched = record.watched.slice(0, MAX_RANGES);
    await outbox.settle(userKey, session, { seq, watched });
    if (record.watched.length > watched.length) soon();
    if (result.outcome === "rejected") onEvent({ type: "rejected", session, result });
    const clippedSeconds = result.clippedSeconds ?? 0;
    onEvent({ type: "saved", session, seq, outcome: result.outcome, clippedSeconds, ms: 0 });
    return true;
  };

  const runOnce = async (): Promise<number> => {
    let acknowledged = 0;
    if (isOnline())
      await tabs.exclusively(`drain:${userKey}`, async () => {
        acknowledged = await sendAll();
      });
    return acknowledged;
  };
  const run = (): Promise<number> => {
    clearTimeout(timer);
    running ??= runOnce()
      .catch(error => {
        onEvent({ type: "outbox", error });
        return 0;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  return {
    run,
    soon,
    stop() {
      clearTimeout(timer);
      controller.abort("closed");
      controller = new AbortController();
    },
  };
}

/** Records in groups that a request may hold. */
export function batches(records: readonly Pending[]): Pending[][] {
  const groups: Pending[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = JSON.stringify(toWire(record)).length + 1;
    const group = groups.at(-1);
    if (!group || group.length >= MAX_REPORTS || bytes + size > MAX_BODY_BYTES) {
      groups.push([record]);
      bytes = size;
    } else {
      group.push(record);
      bytes += size;
    }
  }
  return groups;
}
