/** Resume: where to go on, the twin of the backend's rule, for when the newest report is still on this device. */

import type { Pending } from "./report.ts";
import type { Progress, ResumeReason } from "./wire.ts";

const REWIND_SECONDS = 3;

export interface Resume {
  /** In seconds. */
  position: number;
  reason: ResumeReason;
  /** Whose word it is: the server's, or that of a report on this device which the server has not seen yet. */
  from: "server" | "device";
}

/** Over again from the head or the tail of a video, else a few seconds before the position. */
export function resumeAt(position: number, duration: number): Omit<Resume, "from"> {
  if (position < Math.max(5, 0.01 * duration)) return { position: 0, reason: "start" };
  const tail = Math.min(Math.max(10, 0.02 * duration), 0.25 * duration);
  if (position >= duration - tail) return { position: 0, reason: "finished" };
  return { position: position - REWIND_SECONDS, reason: "continue" };
}

/** The newer of what the server and this device know; `clockOffset` (server - client, ms) makes their times comparable. */
export function newest(progress: Progress | null, local: Pending | undefined, clockOffset: number): Resume {
  const serverAt = progress?.positionAt ? Date.parse(progress.positionAt) : 0;
  if (local && local.at + clockOffset > serverAt)
    return { ...resumeAt(local.position, local.duration), from: "device" };
  return {
    position: progress?.resume.position ?? 0,
    reason: progress?.resume.reason ?? "start",
    from: "server",
  };
}
