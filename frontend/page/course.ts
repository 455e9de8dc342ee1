/** A course and the learner's progress in it, read video by video. */

import { useCallback, useEffect, useState } from "react";
import type { GetToken, Progress } from "../src/index.ts";

export interface Video {
  id: string;
  title: string;
  /** In seconds. */
  duration: number;
  source: string;
}

export interface Course {
  id: string;
  title: string;
  videos: readonly Video[];
}

export type ProgressByVideo = ReadonlyMap<string, Progress>;

export interface CourseProgress {
  state: "loading" | "ready" | "failed";
  progress: ProgressByVideo;
  /** Take what a save has brought. */
  update(progress: Progress): void;
  reload(): void;
}

export function useCourseProgress(course: Course, url: string, getToken: GetToken): CourseProgress {
  const [state, setState] = useState<CourseProgress["state"]>("loading");
  const [progress, setProgress] = useState<ProgressByVideo>(new Map());
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again
  useEffect(() => {
    const leaving = new AbortController();
    setState("loading");
    const read = async (video: Video) => {
      const path = `${url}/v1/courses/${course.id}/videos/${video.id}/progress`;
      const headers = { Authorization: `Bearer ${await getToken({ refresh: false })}` };
      const answer = await fetch(path, { headers, signal: leaving.signal });
      const body = (await answer.json()) as Progress;
      if (!answer.ok) throw new Error(String(answer.status));
      return [video.id, body] as const;
    };
    Promise.all(course.videos.map(read)).then(
      entries => {
        setProgress(new Map(entries));
        setState("ready");
      },
      () => {
        if (!leaving.signal.aborted) setState("failed");
      },
    );
    return () => leaving.abort();
  }, [course, url, getToken, round]);

  const update = useCallback(
    (one: Progress) => setProgress(before => new Map(before).set(one.videoId, one)),
    [],
  );
  const reload = useCallback(() => setRound(one => one + 1), []);
  return { state, progress, update, reload };
}

/** The unfinished video that was watched last. */
export function continueWatching(course: Course, progress: ProgressByVideo): Video | undefined {
  const lastAt = (video: Video) => Date.parse(progress.get(video.id)?.lastWatchedAt ?? "") || 0;
  return course.videos
    .filter(video => lastAt(video) > 0 && !progress.get(video.id)?.completed)
    .sort((a, b) => lastAt(b) - lastAt(a))[0];
}

/** The first video, after this one and around, that is not finished. */
export function nextVideo(course: Course, progress: ProgressByVideo, current: Video): Video | undefined {
  const at = course.videos.indexOf(current);
  const order = [...course.videos.slice(at + 1), ...course.videos.slice(0, at)];
  return order.find(video => !progress.get(video.id)?.completed);
}
