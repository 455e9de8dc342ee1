/** The page: a course, a player that remembers, and what is saved. Give it a client, a course and a way to read. */

import { useEffect, useMemo, useRef, useState } from "react";
import type { GetToken, ProgressClient, Ranges, Snapshot } from "../src/index.ts";
import { difference, seconds, union, wholeSeconds } from "../src/intervals.ts";
import { useProgress } from "../src/react.ts";
import { CourseList } from "./CourseList.tsx";
import { CoverageBar } from "./CoverageBar.tsx";
import { type Course, continueWatching, nextVideo, useCourseProgress, type Video } from "./course.ts";
import { clock } from "./format.ts";
import { Play } from "./icons.tsx";
import { FinishedNotice, ResumePrompt, TakeoverNotice } from "./Notices.tsx";
import { SyncStatus } from "./SyncStatus.tsx";

export interface VideoPlayerPageProps {
  client: ProgressClient;
  course: Course;
  /** Where the API is, as the client has it. */
  url: string;
  getToken: GetToken;
  /** Which video to begin with; else the one to continue, else the first. */
  videoId?: string | undefined;
  onVideo?(video: Video): void;
}

export function VideoPlayerPage({ client, course, url, getToken, videoId, onVideo }: VideoPlayerPageProps) {
  const overview = useCourseProgress(course, url, getToken);
  const [chosen, setChosen] = useState(() => course.videos.find(video => video.id === videoId));
  const [playNow, setPlayNow] = useState(false);
  const toContinue = continueWatching(course, overview.progress);
  const settled = overview.state === "loading" ? undefined : (toContinue ?? course.videos[0]);
  const current = chosen ?? settled;
  // Once something is shown it stays, whatever is saved meanwhile.
  useEffect(() => {
    if (current && !chosen) setChosen(current);
  }, [current, chosen]);

  const choose = (video: Video, play: boolean) => {
    setChosen(video);
    setPlayNow(play);
    onVideo?.(video);
  };
  if (!current) return <Loading course={course} />;
  return (
    <Lesson
      key={current.id}
      {...{ client, course, current, overview, toContinue, playNow }}
      onChoose={video => choose(video, false)}
      onPlay={video => choose(video, true)}
    />
  );
}

function Loading({ course }: { course: Course }) {
  return (
    <main className="layout" aria-busy="true">
      <div className="stage stage-loading" />
      <aside className="side">
        <h1>{course.title}</h1>
      </aside>
    </main>
  );
}

interface LessonProps {
  client: ProgressClient;
  course: Course;
  current: Video;
  overview: ReturnType<typeof useCourseProgress>;
  toContinue: Video | undefined;
  playNow: boolean;
  onChoose(video: Video): void;
  onPlay(video: Video): void;
}

function Lesson({ client, course, current, overview, toContinue, playNow, onChoose, onPlay }: LessonProps) {
  const media = useRef<HTMLVideoElement>(null);
  const snapshot = useProgress(client, media, { courseId: course.id, videoId: current.id, resume: "ask" });
  const { played, position } = usePlayed(media);
  const [answered, setAnswered] = useState(false);

  const known = snapshot.progress ?? overview.progress.get(current.id);
  const { update } = overview;
  useEffect(() => {
    if (snapshot.progress) update(snapshot.progress);
  }, [snapshot.progress, update]);

  const duration = known?.duration || current.duration;
  const saved: Ranges = known?.watched ?? [];
  const watched = useMemo(() => wholeSeconds(played, duration), [played, duration]);
  const all = union(saved, watched);
  const percent = percentOf(seconds(all), duration, known?.watchedPercentage ?? 0);

  const play = (at: number) => {
    setAnswered(true);
    if (!media.current) return;
    media.current.currentTime = at;
    void media.current.play().catch(() => {});
    media.current.focus();
  };
  const next = nextVideo(course, overview.progress, current);
  const completed = known?.completed ?? percent >= 90;

  return (
    <main className="layout">
      <div className="main">
        <div className="stage">
          {/* biome-ignore lint/a11y/useMediaCaption: the demo clips say nothing; a course's own tracks go here */}
          <video
            ref={media}
            src={current.source}
            controls
            autoPlay={playNow && known?.resume.reason !== "continue"}
            playsInline
            preload="metadata"
            aria-label={current.title}
          />
          <Notices
            {...{ snapshot, next, completed, play, onPlay }}
            untouched={!answered && seconds(played) < 1}
          />
        </div>
        <div className="below">
          <div className="headline">
            <h2>{current.title}</h2>
            <SyncStatus snapshot={snapshot} />
          </div>
          <CoverageBar
            duration={duration}
            saved={saved}
            unsaved={difference(watched, saved)}
            position={position}
            percent={percent}
          />
          {percent === 0 && (
            <p className="hint">
              Watch in any order and close the page at any time: you go on where you stopped, here or on
              another device.
            </p>
          )}
        </div>
      </div>
      <aside className="side" aria-label="Course">
        <CourseHead course={course} overview={overview} current={current} percent={percent} />
        {overview.state === "failed" && (
          <p className="failed" role="alert">
            Your progress cannot be loaded right now. You can watch; it will be saved.{" "}
            <button type="button" className="link" onClick={overview.reload}>
              Try again
            </button>
          </p>
        )}
        {toContinue && toContinue !== current && (
          <ContinueCard video={toContinue} overview={overview} onOpen={() => onChoose(toContinue)} />
        )}
        <CourseList
          course={course}
          progress={overview.progress}
          current={current}
          percentNow={percent}
          loading={overview.state === "loading"}
          onChoose={onChoose}
        />
      </aside>
    </main>
  );
}

interface NoticesProps {
  snapshot: Snapshot;
  next: Video | undefined;
  completed: boolean;
  /** Nothing was played and nothing answered yet. */
  untouched: boolean;
  play(at: number): void;
  onPlay(video: Video): void;
}

function Notices({ snapshot, next, completed, untouched, play, onPlay }: NoticesProps) {
  const [dismissed, setDismissed] = useState<string | null>(null);
  const { playback, resume, takeover } = snapshot;
  if (takeover && takeover.positionAt !== dismissed) {
    const dismiss = () => setDismissed(takeover.positionAt);
    const jump = () => {
      dismiss();
      play(takeover.position);
    };
    return <TakeoverNotice progress={takeover} onJump={jump} onStay={dismiss} />;
  }
  if (playback === "ended") {
    const onNext = () => next && onPlay(next);
    return <FinishedNotice {...{ next, completed, onNext }} onAgain={() => play(0)} />;
  }
  if (untouched && resume?.reason === "continue")
    return (
      <ResumePrompt resume={resume} onContinue={() => play(resume.position)} onStartOver={() => play(0)} />
    );
  return null;
}

function CourseHead(props: {
  course: Course;
  overview: LessonProps["overview"];
  current: Video;
  percent: number;
}) {
  const { course, overview, current, percent } = props;
  const done = course.videos.filter(video => overview.progress.get(video.id)?.completed).length;
  const shares = course.videos.map(video =>
    video === current ? percent : (overview.progress.get(video.id)?.watchedPercentage ?? 0),
  );
  const mean = Math.round(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length));
  return (
    <header className="course">
      <h1>{course.title}</h1>
      <p>
        {done} of {course.videos.length} videos finished
      </p>
      <div
        className="bar bar-big"
        role="progressbar"
        aria-label="Course progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={mean}
      >
        <span style={{ width: `${mean}%` }} />
      </div>
    </header>
  );
}

function ContinueCard(props: { video: Video; overview: LessonProps["overview"]; onOpen(): void }) {
  const { video, overview, onOpen } = props;
  const one = overview.progress.get(video.id);
  const left = Math.max(0, video.duration - (one?.position ?? 0));
  return (
    <button type="button" className="continue" onClick={onOpen}>
      <span className="continue-icon" aria-hidden="true">
        <Play />
      </span>
      <span>
        <span className="continue-label">Continue watching</span>
        <span className="continue-title">{video.title}</span>
        <span className="continue-more">{clock(left)} left</span>
      </span>
    </button>
  );
}

/** What the browser says was played, and where it is, as it happens. */
function usePlayed(media: React.RefObject<HTMLVideoElement | null>): { played: Ranges; position: number } {
  const [state, setState] = useState<{ played: Ranges; position: number }>({ played: [], position: 0 });
  useEffect(() => {
    const video = media.current;
    if (!video) return;
    const look = () => {
      const ranges = Array.from({ length: video.played.length }, (_, i) => [
        video.played.start(i),
        video.played.end(i),
      ]);
      setState({ played: ranges as [number, number][], position: video.currentTime });
    };
    const listening = new AbortController();
    for (const type of ["timeupdate", "seeked", "pause", "ended"])
      video.addEventListener(type, look, { signal: listening.signal });
    return () => listening.abort();
  }, [media]);
  return state;
}

/** Whole percent; never less than what is saved, 100 only when all of it is. */
function percentOf(watched: number, duration: number, saved: number): number {
  return Math.max(saved, Math.min(100, Math.floor((100 * watched) / Math.max(1, duration))));
}
