/** Snapshot: what of a session can be seen from outside; immutable, a new object only when something changed. */

import type { Resume } from "./resume.ts";
import type { Progress } from "./wire.ts";

export type PlaybackState = "attaching" | "idle" | "playing" | "ended";
export type NetworkState = "clean" | "dirty" | "in-flight" | "backoff" | "offline" | "auth";

export interface Snapshot {
  readonly playback: PlaybackState;
  readonly network: NetworkState;
  /** Seconds that were played and are not acknowledged yet; they are kept on this device. */
  readonly pendingSeconds: number;
  /** What the server last said. */
  readonly progress: Progress | null;
  /** Where to go on; null until it is known. */
  readonly resume: Resume | null;
  /** Another device or tab was further on in the meantime; null where there is none. */
  readonly takeover: Progress | null;
  /** When something was last acknowledged, ms since the epoch. */
  readonly savedAt: number | null;
}

export const EMPTY: Snapshot = {
  playback: "attaching",
  network: "clean",
  pendingSeconds: 0,
  progress: null,
  resume: null,
  takeover: null,
  savedAt: null,
};

export interface SnapshotStore {
  get(): Snapshot;
  set(change: Partial<Snapshot>): void;
  subscribe(listener: () => void): () => void;
}

export function createSnapshotStore(): SnapshotStore {
  let snapshot = EMPTY;
  const listeners = new Set<() => void>();
  return {
    get: () => snapshot,
    set(change) {
      const keys = Object.keys(change) as (keyof Snapshot)[];
      if (keys.every(key => Object.is(change[key], snapshot[key]))) return;
      snapshot = { ...snapshot, ...change };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
