/** A page with the player that its address names, tracked as the examples show. */

import Hls from "hls.js";
import videojs from "video.js";
import { trackHls } from "../../examples/hls.ts";
import { trackVideoJs } from "../../examples/videojs.ts";
import { trackVidstack } from "../../examples/vidstack.ts";
import { createProgressClient } from "../../src/index.ts";

const client = createProgressClient({ url: "", userKey: "ada", getToken: () => "token" });
const options = { courseId: "course", videoId: "video", resume: false } as const;
const stage = document.getElementById("stage") as HTMLElement;

function video(): HTMLVideoElement {
  const element = document.createElement("video");
  element.muted = true;
  stage.append(element);
  return element;
}

const players: Record<string, () => Promise<() => unknown>> = {
  async videojs() {
    const player = videojs(video(), { muted: true, width: 192, height: 108 });
    player.src({ src: "/clip.webm", type: "video/webm" });
    await trackVideoJs(client, player, options);
    return () => player.play();
  },
  async hls() {
    const element = video();
    const hls = new Hls();
    hls.loadSource("/hls/index.m3u8");
    hls.attachMedia(element);
    trackHls(client, hls, element, options);
    return () => element.play();
  },
  async vidstack() {
    await Promise.all([import("vidstack/player"), import("vidstack")]);
    const player = document.createElement("media-player");
    player.append(document.createElement("media-provider"));
    trackVidstack(client, player, options);
    player.muted = true;
    player.load = "eager";
    player.src = "/clip.webm";
    stage.append(player);
    await new Promise(resolve => player.addEventListener("can-play", resolve, { once: true }));
    return () => player.play();
  },
};

const name = new URLSearchParams(location.search).get("player") ?? "";
const play = await players[name]?.();
await play?.();
