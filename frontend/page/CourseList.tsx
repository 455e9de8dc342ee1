/** The course's videos, how much of each was watched, and which one plays. */

import type { Course, ProgressByVideo, Video } from "./course.ts";
import { clock, spoken } from "./format.ts";
import { Check, Play } from "./icons.tsx";

interface Props {
  course: Course;
  progress: ProgressByVideo;
  current: Video;
  /** The current video's percentage, which runs ahead of what is saved. */
  percentNow: number;
  loading: boolean;
  onChoose(video: Video): void;
}

export function CourseList({ course, progress, current, percentNow, loading, onChoose }: Props) {
  return (
    <ol className="list" aria-busy={loading}>
      {course.videos.map((video, index) => {
        const one = progress.get(video.id);
        const percent = video === current ? percentNow : (one?.watchedPercentage ?? 0);
        return (
          <li key={video.id}>
            <button
              type="button"
              className="lesson"
              aria-current={video === current ? "true" : undefined}
              onClick={() => onChoose(video)}
            >
              <span className={`badge ${one?.completed ? "badge-done" : ""}`} aria-hidden="true">
                {one?.completed ? <Check /> : video === current ? <Play /> : index + 1}
              </span>
              <span className="lesson-text">
                <span className="lesson-title">{video.title}</span>
                <span className="lesson-more">
                  <span aria-hidden="true">{clock(video.duration)}</span>
                  <span className="unseen">{spoken(video.duration)}</span>
                  {" · "}
                  {one?.completed ? "Finished" : percent > 0 ? `${percent} % watched` : "Not started"}
                </span>
                <span className={`bar ${loading ? "bar-loading" : ""}`} aria-hidden="true">
                  <span style={{ width: `${percent}%` }} />
                </span>
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
