/** Playhead's browser client: attach to any player, lose nothing. */

export { type ClientOptions, createProgressClient, type ProgressClient } from "./client.ts";
export { type CancelReason, debugLog, type OnEvent, type ProgressEvent } from "./events.ts";
export type { Range, Ranges } from "./intervals.ts";
export { createOutbox, type Outbox } from "./outbox.ts";
export type { Pending } from "./report.ts";
export type { Resume } from "./resume.ts";
export type { MediaLike } from "./sampler.ts";
export type { Session, SessionOptions } from "./session.ts";
export type { NetworkState, PlaybackState, Snapshot } from "./snapshot.ts";
export type { GetToken } from "./transport.ts";
export type { Outcome, Progress, ReportBody, ReportEvent, Result } from "./wire.ts";
