/** A page with the hook in strict mode, which can change its video and unmount. */

import { StrictMode, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { createProgressClient } from "../../src/index.ts";
import { useProgress } from "../../src/react.ts";

function Player({ videoId, clip }: { videoId: string; clip: string }) {
  const client = useMemo(
    () => createProgressClient({ url: "", userKey: "ada", getToken: () => "token" }),
    [],
  );
  const media = useRef<HTMLVideoElement>(null);
  const { playback, network, pendingSeconds, flush } = useProgress(client, media, {
    courseId: "course",
    videoId,
    resume: false,
  });
  return (
    <>
      <video ref={media} src={clip} muted width={192} autoPlay />
      <output>{JSON.stringify({ playback, network, pendingSeconds })}</output>
      <button type="button" onClick={() => void flush()}>
        save
      </button>
    </>
  );
}

function App() {
  const [shown, setShown] = useState<{ videoId: string; clip: string } | null>({
    videoId: "one",
    clip: "/clip.webm",
  });
  return (
    <>
      {shown && <Player {...shown} />}
      <button type="button" onClick={() => setShown({ videoId: "two", clip: "/clip.webm?two" })}>
        next
      </button>
      <button type="button" onClick={() => setShown(null)}>
        close
      </button>
    </>
  );
}

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
