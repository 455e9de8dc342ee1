/** Outcome: whether a result lets the client forget what it sent. */

import type { OnEvent } from "./events.ts";
import type { Result } from "./wire.ts";

/** Whether it is final: applied, queued, rejected; then it is told. Throttled and stale are not: all is kept. */
export function isFinal(result: Result, ms: number, onEvent: OnEvent): boolean {
  const { outcome } = result;
  if (outcome === "throttled" || outcome === "stale") return false;
  onEvent({ type: outcome === "rejected" ? outcome : "saved", result, ms });
  return true;
}
