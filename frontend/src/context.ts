/** Context: what a session is given by its client. */

import type { OnEvent } from "./events.ts";
import type { Outbox } from "./outbox.ts";
import type { RetryRules } from "./policy.ts";
import type { Tabs } from "./tabs.ts";
import type { Transport } from "./transport.ts";

export interface SessionContext {
  userKey: string;
  device: string;
  intervalMs: number;
  minIntervalMs: number;
  maxIntervalMs: number;
  checkpointMs: number;
  retry: RetryRules;
  random: () => number;
  onEvent: OnEvent;
  transport: Transport;
  outbox: Outbox;
  tabs: Tabs;
}

export function isOnline(): boolean {
  return globalThis.navigator?.onLine !== false;
}
