/** hls.js: it plays into a `<video>` of yours; attach to that. A recovered media error is the same viewing. */

import type Hls from "hls.js";
import type { ProgressClient, Session, SessionOptions } from "../src/index.ts";

export function trackHls(
  client: ProgressClient,
  hls: Hls,
  video: HTMLVideoElement,
  options: SessionOptions,
): Session {
  const session = client.attach(video, options);
  hls.once("hlsDestroying" as Parameters<typeof hls.once>[0], () => session.detach());
  return session;
}
