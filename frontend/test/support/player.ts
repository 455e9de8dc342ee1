/** One learner at one player with a clock of our own: what most tests of the client begin with. */

import { vi } from "vitest";
import { type ClientOptions, createProgressClient, type ProgressClient } from "../../src/client.ts";
import type { ProgressEvent } from "../../src/events.ts";
import type { Pending } from "../../src/report.ts";
import type { Session, SessionOptions } from "../../src/session.ts";
import { FakeApi } from "./fake-api.ts";
import { FakeMedia } from "./fake-media.ts";
import { type FakePage, fakePage } from "./fake-page.ts";
import { memoryOutbox } from "./memory-outbox.ts";

export interface Player {
  api: FakeApi;
  page: FakePage;
  media: FakeMedia;
  client: ProgressClient;
  session: Session;
  events: ProgressEvent[];
  disk: Map<string, Pending>;
  slots: Map<string, Pending>;
  /** Let real time and media time pass together, a timeupdate every 250 ms. */
  watch(seconds: number): Promise<void>;
  wait(ms: number): Promise<void>;
  told(type: ProgressEvent["type"]): ProgressEvent[];
}

interface Given extends Partial<ClientOptions> {
  api?: FakeApi;
  page?: FakePage;
  disk?: Map<string, Pending>;
  slots?: Map<string, Pending>;
  session?: Partial<SessionOptions>;
  duration?: number;
}

export async function givenPlayer(given: Given = {}): Promise<Player> {
  const api = given.api ?? new FakeApi();
  const page = given.page ?? fakePage();
  const media = new FakeMedia();
  media.duration = given.duration ?? 120;
  const events: ProgressEvent[] = [];
  const disk = given.disk ?? new Map<string, Pending>();
  const slots = given.slots ?? new Map<string, Pending>();
  const client = createProgressClient({
    url: "",
    userKey: "ada",
    getToken: () => "token",
    random: () => 0.5,
    fetch: api.fetch as typeof fetch,
    outbox: memoryOutbox(disk, slots),
    onEvent: event => events.push(event),
    ...given,
  });
  const session = client.attach(media, { courseId: "course", videoId: "video", ...given.session });
  const wait = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
  };
  await wait(1);
  return {
    api,
    page,
    media,
    client,
    session,
    events,
    disk,
    slots,
    wait,
    told: type => events.filter(event => event.type === type),
    async watch(seconds) {
      for (let i = 0; i < seconds * 4; i++) {
        await wait(250);
        if (!media.paused) media.step(0.25 * media.playbackRate);
      }
    },
  };
}

export const CLOCK = {
  now: Date.UTC(2026, 0, 5),
  toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
} as const;

export function fakeClock(): void {
  vi.useFakeTimers({ now: CLOCK.now, toFake: [...CLOCK.toFake] });
}
