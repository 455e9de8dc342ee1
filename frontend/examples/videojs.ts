/** video.js: its tech keeps a real `<video>`; attach to that once the player is ready. */

import type Player from "video.js/dist/types/player";
import type { ProgressClient, Session, SessionOptions } from "../src/index.ts";

export function trackVideoJs(
  client: ProgressClient,
  player: Player,
  options: SessionOptions,
): Promise<Session> {
  return new Promise((resolve, reject) => {
    player.ready(() => {
      const video = player.el().querySelector("video");
      if (!video) return reject(new Error("this tech has no video element"));
      const session = client.attach(video, options);
      player.on("dispose", () => session.detach());
      resolve(session);
    });
  });
}
