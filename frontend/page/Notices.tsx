/** What the page asks and offers over the player; nothing of it jumps by itself, nothing of it traps the keyboard. */

import type { ReactNode } from "react";
import type { Progress, Resume } from "../src/index.ts";
import type { Video } from "./course.ts";
import { clock, spoken } from "./format.ts";
import { Check, Devices, Play, Restart } from "./icons.tsx";

function At({ seconds }: { seconds: number }) {
  return (
    <>
      <span aria-hidden="true">{clock(seconds)}</span>
      <span className="unseen">{spoken(seconds)}</span>
    </>
  );
}

function Notice({ label, kind, children }: { label: string; kind: string; children: ReactNode }) {
  return (
    <section className={`notice notice-${kind}`} aria-label={label}>
      {children}
    </section>
  );
}

export function ResumePrompt(props: { resume: Resume; onContinue(): void; onStartOver(): void }) {
  const { resume, onContinue, onStartOver } = props;
  return (
    <Notice label="Continue watching" kind="center">
      <h2>Welcome back</h2>
      <p>
        You stopped near <At seconds={resume.position + 3} />
        {resume.from === "device" && " on this device, while nothing could be saved"}.
      </p>
      <div className="actions">
        <button type="button" className="primary" onClick={onContinue}>
          <Play />
          <span>
            Continue at <At seconds={resume.position} />
          </span>
        </button>
        <button type="button" onClick={onStartOver}>
          <Restart />
          <span>Start over</span>
        </button>
      </div>
    </Notice>
  );
}

export function FinishedNotice(props: {
  next: Video | undefined;
  completed: boolean;
  onNext(): void;
  onAgain(): void;
}) {
  const { next, completed, onNext, onAgain } = props;
  return (
    <Notice label="The end of the video" kind="center">
      <span className="medal" aria-hidden="true">
        <Check />
      </span>
      <h2>{completed ? "Finished" : "That was the end"}</h2>
      <p>{endWords(completed, next)}</p>
      <div className="actions">
        {next && (
          <button type="button" className="primary" onClick={onNext}>
            <Play />
            <span>Next: {next.title}</span>
          </button>
        )}
        <button type="button" onClick={onAgain}>
          <Restart />
          <span>Watch again</span>
        </button>
      </div>
    </Notice>
  );
}

function endWords(completed: boolean, next: Video | undefined): string {
  if (!completed) return "Some parts were skipped; the bar below shows which.";
  return next ? "Nicely done. There is more to see." : "Nicely done. You have seen the whole course.";
}

export function TakeoverNotice(props: { progress: Progress; onJump(): void; onStay(): void }) {
  const { progress, onJump, onStay } = props;
  return (
    <Notice label="Watched on another device" kind="top">
      <Devices />
      <p role="status">
        You went on to <At seconds={progress.position} /> on another device.
      </p>
      <div className="actions">
        <button type="button" className="primary" onClick={onJump}>
          <span>
            Go to <At seconds={progress.position} />
          </span>
        </button>
        <button type="button" onClick={onStay}>
          Stay here
        </button>
      </div>
    </Notice>
  );
}
