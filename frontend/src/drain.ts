/** Drain: sends what dead viewings left in the outbox, in as few requests as the limits allow, one tab at a time. */

import { isOnline, type SessionContext } from "./context.ts";
import { isFinal } from "./outcome.ts";
import { backoffMs, MAX_BODY_BYTES, MAX_REPORTS } from "./policy.ts";
import { acknowledge, type Pending, toWire } from "./report.ts";
import type { Result } from "./wire.ts";

export interface Drain {
  /** Send what is left; resolves to how many records were acknowledged. */
  run(): Promise<number>;
  /** Run before long. */
  soon(ms?: number): void;
  stop(): void;
}

export function createDrain(context: SessionContext, isOurs: (session: string) => boolean): Drain {
  const { onEvent, outbox, random, retry, tabs, transport, userKey } = context;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<number> | undefined;
  const controller = new AbortController();
  let attempt = 0;

  const left = async (): Promise<Pending[]> => {
    const lives = await tabs.living();
    return (await outbox.list(userKey)).filter(one => !one.refused && !isOurs(one.session) && !lives(one));
  };

  const soon = (ms = 0) => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };
  const later = (floorMs: number): number => {
    const ms = backoffMs(attempt++, retry, random, floorMs);
    soon(ms);
    return ms;
  };

  let acknowledged = 0;
  const sendAll = async () => {
    for (const batch of batches(await left())) if (!(await sendBatch(batch))) break;
    if (acknowledged > 0) onEvent({ type: "drained", reports: acknowledged });
  };

  /** Send a batch; false when there is no use in going on now. */
  const sendBatch = async (batch: readonly Pending[]): Promise<boolean> => {
    // The viewing is over: the window of a routine report must not hold what it left.
    const reports = batch.map((record): Pending => ({ ...record, event: "pagehide" }));
    const sent = await transport.send(reports, false, controller);
    if (sent.verdict === "answered")
      for (const [index, record] of batch.entries()) await settle(record, sent.results[index], sent.ms);
    else if (sent.verdict === "refused") await refuse(batch, sent.status);
    else if (sent.verdict !== "cancelled")
      onEvent({ ...sent, type: "failed", retryInMs: later(sent.retryAfterMs) });
    return sent.verdict === "answered" || sent.verdict === "refused";
  };

  /** One bad report must not hold the others: each alone, and what is refused alone is kept aside and told. */
  const refuse = async (batch: readonly Pending[], status: number) => {
    for (const record of batch)
      if (batch.length > 1) await sendBatch([record]);
      else await outbox.put({ ...record, seq: record.seq + 1, refused: status });
    if (batch.length === 1) onEvent({ type: "refused", status, reports: batch });
  };

  const settle = async (record: Pending, result: Result | undefined, ms: number) => {
    if (result && isFinal(result, ms, onEvent)) {
      await outbox.settle(record);
      acknowledged++;
      attempt = 0;
      if (acknowledge(record, record)) soon();
      return;
    }
    if (result?.outcome === "stale") await outbox.put({ ...record, seq: record.seq * 2 + 1 });
    later(result?.retryAfterMs ?? 0);
  };

  const runOnce = async (): Promise<number> => {
    acknowledged = 0;
    try {
      if (isOnline()) await tabs.exclusively(`drain:${userKey}`, sendAll);
    } catch (error) {
      onEvent({ type: "outbox", error });
    }
    return acknowledged;
  };
  const run = (): Promise<number> => {
    clearTimeout(timer);
    running ??= runOnce().finally(() => {
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
