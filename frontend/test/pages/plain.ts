/** A page with a plain video; what it does stands in its address, so that a test can open it in any way. */

import {
  createProgressClient,
  type ProgressClient,
  type ProgressEvent,
  type Session,
} from "../../src/index.ts";
import { createSampler } from "../../src/sampler.ts";

const query = new URLSearchParams(location.search);
const video = document.getElementById("video") as HTMLVideoElement;
const events: ProgressEvent[] = [];
const api = query.get("api") ?? "";

async function token(): Promise<string> {
  if (!query.has("sub")) return "token";
  const address = `/local/token?sub=${encodeURIComponent(query.get("sub") ?? "")}`;
  return ((await (await fetch(address)).json()) as { token: string }).token;
}

let cached: Promise<string> | undefined;
const client = createProgressClient({
  url: api,
  userKey: query.get("sub") ?? "ada",
  getToken: ({ refresh }) => {
    if (refresh || !cached) cached = token();
    return window.playhead.token ?? cached;
  },
  onEvent: event => events.push(event),
  ...JSON.parse(query.get("options") ?? "{}"),
});
window.playhead = { client, events, video, createSampler };
video.src = query.get("clip") ?? "/clip.webm";
const session = client.attach(video, {
  courseId: query.get("course") ?? "course",
  videoId: query.get("video") ?? "video",
  resume: query.has("resume") ? "auto" : false,
});
window.playhead.session = session;
if (query.has("play")) void video.play();

declare global {
  interface Window {
    playhead: {
      client: ProgressClient;
      events: ProgressEvent[];
      video: HTMLVideoElement;
      session?: Session;
      createSampler: typeof createSampler;
      /** Set by a test: the token to give out from now on. */
      token?: string;
    };
  }
}
