/** React: the client's session for a video as a hook; attaches on mount, saves and detaches on unmount. */

import { type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { MediaLike, ProgressClient, Session, SessionOptions, Snapshot } from "./index.ts";
import { EMPTY } from "./snapshot.ts";

export interface ProgressState extends Snapshot {
  /** Save now. */
  flush(): Promise<void>;
}

/** Track the video that `media` shows; a ref, or the player itself where it comes later. Null: not yet. */
export function useProgress(
  client: ProgressClient | null,
  media: RefObject<MediaLike | null> | MediaLike | null,
  { courseId, videoId, resume = "auto", onTakeover }: SessionOptions,
): ProgressState {
  const [session, setSession] = useState<Session | null>(null);
  const tell = useRef(onTakeover);
  useEffect(() => {
    tell.current = onTakeover;
  });
  useEffect(() => {
    const player = media && "current" in media ? media.current : media;
    if (!client || !player) return;
    const attached = client.attach(player, {
      courseId,
      videoId,
      resume,
      onTakeover: at => tell.current?.(at),
    });
    setSession(attached);
    return () => {
      attached.detach();
      setSession(null);
    };
  }, [client, media, courseId, videoId, resume]);

  const subscribe = useCallback((listener: () => void) => session?.subscribe(listener) ?? nothing, [session]);
  const snapshot = useSyncExternalStore(
    subscribe,
    () => session?.getSnapshot() ?? EMPTY,
    () => EMPTY,
  );
  const flush = useCallback(async () => session?.flush(), [session]);
  return { ...snapshot, flush };
}

function nothing() {}
