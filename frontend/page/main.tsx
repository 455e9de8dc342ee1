/** The demo: two learners and a course of the local stack; who is chosen stands in the address, so a reload shows the same. */

import { StrictMode, useCallback, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { createProgressClient, debugLog, type GetToken, type ProgressClient } from "../src/index.ts";
import type { Course } from "./course.ts";
import "./page.css";
import { VideoPlayerPage } from "./VideoPlayerPage.tsx";

interface Learner {
  id: string;
  name: string;
}

interface Settings {
  course: { id: string; title: string };
  videos: Course["videos"];
  learners: readonly Learner[];
}

const address = () => new URLSearchParams(location.hash.slice(1));

function App({ settings }: { settings: Settings }) {
  const named = settings.learners.find(one => one.id === address().get("learner"));
  const [learner, setLearner] = useState<Learner | undefined>(named ?? settings.learners[0]);
  const course = useMemo(() => ({ ...settings.course, videos: settings.videos }), [settings]);
  const remember = useCallback((change: Record<string, string>) => {
    history.replaceState(
      null,
      "",
      `#${new URLSearchParams({ ...Object.fromEntries(address()), ...change })}`,
    );
  }, []);
  if (!learner) return <p className="failed">There is no learner in this course.</p>;
  const choose = (id: string) => {
    setLearner(settings.learners.find(one => one.id === id));
    remember({ learner: id });
  };
  return (
    <>
      <header className="top">
        <span className="brand">
          <img src="./icon.svg" alt="" width="28" height="28" /> Playhead
        </span>
        <label className="who">
          <span>Learner</span>
          <select value={learner.id} onChange={event => choose(event.target.value)}>
            {settings.learners.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <Learning key={learner.id} learner={learner} course={course} onVideo={video => remember({ video })} />
    </>
  );
}

function Learning(props: { learner: Learner; course: Course; onVideo(id: string): void }) {
  const { learner, course, onVideo } = props;
  const getToken = useMemo(() => tokens(learner.id), [learner.id]);
  const [client, setClient] = useState<ProgressClient | null>(null);
  useEffect(() => {
    const log = address().has("debug") ? { onEvent: debugLog() } : {};
    const made = createProgressClient({ url: "", userKey: learner.id, getToken, ...log });
    setClient(made);
    return () => made.close();
  }, [learner.id, getToken]);
  if (!client) return null;
  return (
    <VideoPlayerPage
      client={client}
      course={course}
      url=""
      getToken={getToken}
      videoId={address().get("video") ?? undefined}
      onVideo={video => onVideo(video.id)}
    />
  );
}

/** One token for all that ask, until it is refused. */
function tokens(learner: string): GetToken {
  let token: Promise<string> | undefined;
  const ask = async () => {
    const answer = await fetch(`./local/token?sub=${encodeURIComponent(learner)}`);
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    return ((await answer.json()) as { token: string }).token;
  };
  return ({ refresh }) => {
    if (refresh || !token) {
      token = ask();
      token.catch(() => {
        token = undefined;
      });
    }
    return token;
  };
}

async function begin(root: HTMLElement): Promise<void> {
  const page = createRoot(root);
  try {
    const answer = await fetch("./local/settings");
    const settings = (await answer.json()) as Settings;
    page.render(
      <StrictMode>
        <App settings={settings} />
      </StrictMode>,
    );
  } catch {
    page.render(<p className="failed">The course cannot be loaded. Is the stack running?</p>);
  }
}

const root = document.getElementById("root");
if (root) void begin(root);
