/** Sync status: whether what was watched is safe, in words that a person understands. */

import { useEffect, useState } from "react";
import type { NetworkState, Snapshot } from "../src/index.ts";
import { spoken } from "./format.ts";
import { Alert, Cloud, CloudOff, Sync } from "./icons.tsx";

interface Saying {
  tone: "good" | "busy" | "warn";
  icon: typeof Cloud;
  words: string;
}

const kept = (seconds: number) => (seconds > 0 ? ` · ${spoken(seconds)} kept on this device` : "");

const SAYINGS: Record<NetworkState, (snapshot: Snapshot) => Saying> = {
  clean: ({ savedAt }) => ({
    tone: "good",
    icon: Cloud,
    words: savedAt ? "Saved" : "Ready to save as you watch",
  }),
  dirty: () => ({ tone: "good", icon: Cloud, words: "Watching · saved every so often" }),
  "in-flight": () => ({ tone: "busy", icon: Sync, words: "Saving…" }),
  backoff: ({ pendingSeconds }) => ({
    tone: "warn",
    icon: Alert,
    words: `Trying to save again${kept(pendingSeconds)}`,
  }),
  offline: ({ pendingSeconds }) => ({
    tone: "warn",
    icon: CloudOff,
    words: `Offline${kept(pendingSeconds)}${pendingSeconds > 0 ? "" : " · keep watching, it will be saved"}`,
  }),
  auth: ({ pendingSeconds }) => ({
    tone: "warn",
    icon: Alert,
    words: `Sign in again to save${kept(pendingSeconds)}`,
  }),
};

export function SyncStatus({ snapshot }: { snapshot: Snapshot }) {
  const { tone, icon: Icon, words } = SAYINGS[snapshot.network](snapshot);
  return (
    <p className={`sync sync-${tone}`} data-network={snapshot.network}>
      <Icon />
      <span>{words}</span>
      <Announcement network={snapshot.network} />
    </p>
  );
}

/** What a screen reader is told: only what matters, once, and not each save. */
function Announcement({ network }: { network: NetworkState }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const trouble: Partial<Record<NetworkState, string>> = {
      offline: "Offline. What you watch is kept on this device.",
      auth: "Please sign in again. What you watched is kept on this device.",
      backoff: "Saving does not work at the moment. What you watch is kept on this device.",
    };
    setSaid(before => trouble[network] ?? (before && network === "clean" ? "Everything is saved." : before));
  }, [network]);
  return (
    <span className="unseen" role="status">
      {said}
    </span>
  );
}
