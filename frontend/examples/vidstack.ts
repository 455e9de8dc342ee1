/** vidstack: the provider's media element is there once the provider is set up; it may change, and so may the session. */

import type { MediaProviderChangeEvent, MediaProviderSetupEvent } from "vidstack";
import type { MediaPlayerElement } from "vidstack/elements";
import type { ProgressClient, Session, SessionOptions } from "../src/index.ts";

/** Track whatever the player shows; returns what ends it. */
export function trackVidstack(
  client: ProgressClient,
  player: MediaPlayerElement,
  options: SessionOptions,
): () => void {
  let session: Session | undefined;
  const end = () => {
    session?.detach();
    session = undefined;
  };
  const begin = (event: MediaProviderSetupEvent) => {
    end();
    const { media } = event.detail as { media?: HTMLVideoElement };
    if (media) session = client.attach(media, options);
  };
  const change = (event: MediaProviderChangeEvent) => {
    if (!event.detail) end();
  };
  player.addEventListener("provider-setup", begin);
  player.addEventListener("provider-change", change);
  return () => {
    player.removeEventListener("provider-setup", begin);
    player.removeEventListener("provider-change", change);
    end();
  };
}
