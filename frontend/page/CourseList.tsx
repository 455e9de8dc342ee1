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
        const isCurrent = video === current;
        return (
          <li key={video.id}>
            <Lesson
              {...{ video, isCurrent, loading, number: index + 1, completed: one?.completed ?? false }}
              percent={isCurrent ? percentNow : (one?.watchedPercentage ?? 0)}
              onChoose={() => onChoose(video)}
            />
          </li>
        );
      })}
    </ol>
  );
}

interface LessonProps {
  video: Video;
  number: number;
  isCurrent: boolean;
  completed: boolean;
  percent: number;
  loading: boolean;
  onChoose(): void;
}

function Lesson({ video, number, isCurrent, completed, percent, loading, onChoose }: LessonProps) {
  const state = percent > 0 ? `${percent} % watched` : "Not started";
  return (
    <button type="button" className="lesson" aria-current={isCurrent ? "true" : undefined} onClick={onChoose}>
      <Badge {...{ number, isCurrent, completed }} />
      <span className="lesson-text">
        <span className="lesson-title">{video.title}</span>
        <span className="lesson-more">
          <span aria-hidden="true">{clock(video.duration)}</span>
          <span className="unseen">{spoken(video.duration)}</span>
          {" · "}
          {completed ? "Finished" : state}
        </span>
        <span className={`bar ${loading ? "bar-loading" : ""}`} aria-hidden="true">
          <span style={{ width: `${percent}%` }} />
        </span>
      </span>
    </button>
  );
}

function Badge({ number, isCurrent, completed }: Pick<LessonProps, "number" | "isCurrent" | "completed">) {
  const shown = isCurrent ? <Play /> : number;
  return (
    <span className={`badge ${completed ? "badge-done" : ""}`} aria-hidden="true">
      {completed ? <Check /> : shown}
    </span>
  );
}
