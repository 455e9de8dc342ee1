/** Tabs: a viewing's lock tells the others that it lives; the browser releases it on close and on crash. */

import type { Pending } from "./report.ts";

export interface Tabs {
  /** Hold a viewing's lock until the returned function is called. */
  hold(session: string): () => void;
  /** Which viewings live in any tab. */
  living(): Promise<(record: Pick<Pending, "session" | "at">) => boolean>;
  /** Run the task unless another tab runs one of that name. */
  exclusively(name: string, task: () => Promise<void>): Promise<void>;
}

const LOCK = "playhead:session:";
/** Where a browser cannot tell which tabs live, a viewing that was silent for so long is taken for dead. */
const SILENT_MS = 60_000;

export function createTabs(locks: LockManager | undefined = globalThis.navigator?.locks): Tabs {
  if (!locks)
    return {
      hold: () => () => {},
      living: async () => record => record.at > Date.now() - SILENT_MS,
      exclusively: (_name, task) => task(),
    };
  return {
    hold(session) {
      let release = () => {};
      const held = new Promise<void>(resolve => {
        release = resolve;
      });
      locks.request(LOCK + session, () => held).catch(() => {});
      return release;
    },
    async living() {
      const { held = [], pending = [] } = await locks.query();
      const names = new Set([...held, ...pending].map(lock => lock.name));
      return record => names.has(LOCK + record.session);
    },
    async exclusively(name, task) {
      await locks.request(`playhead:${name}`, { ifAvailable: true }, lock => (lock ? task() : undefined));
    },
  };
}
