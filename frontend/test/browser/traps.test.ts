/** The measured traps of a real browser, each with the remedy that this client has for it. */

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freshProfile, launch, RawBrowser } from "../support/chromium.ts";
import { WireServer } from "../support/wire-server.ts";

let server: WireServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([WireServer.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  server?.stop();
});
afterEach(() => server.reset());

const address = (parameters: Record<string, string> = {}) =>
  `${server.origin}/plain.html?${new URLSearchParams(parameters)}`;
const open = async (parameters: Record<string, string> = {}): Promise<Page> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await context.newPage(); // another tab: with the last one of a context its network would end
  await page.goto(address(parameters));
  return page;
};
const played = (page: Page, seconds: number) =>
  page.waitForFunction(least => window.playhead.video.currentTime >= least, seconds);
const stored = () => server.api.stored.get("course/video")?.watched ?? [];
const soon = async (check: () => void) => expect.poll(async () => check(), { timeout: 8000 }).not.toThrow();
const until = (check: () => unknown, timeout = 8000) =>
  expect.poll(check, { timeout, interval: 50 }).toBeTruthy();
void soon;

describe("the exit", () => {
  test("a closed page: one request, though two events say so, and all is there", async () => {
    const page = await open({ play: "" });
    await played(page, 3);
    server.arrivalMs = 300;
    await page.close({ runBeforeUnload: true });
    await until(() => stored()[0]?.[1]);
    await new Promise(resolve => setTimeout(resolve, 700));
    expect(stored()[0]?.[1]).toBeGreaterThanOrEqual(3);
    expect(server.requests("POST")).toHaveLength(1);
  });
  test("navigated away: the request outlives the page", async () => {
    const page = await open({ play: "" });
    await played(page, 3);
    server.arrivalMs = 300;
    await page.goto("about:blank");
    await until(() => stored()[0]?.[1]);
    expect(stored()[0]?.[1]).toBeGreaterThanOrEqual(3);
    await page.close();
  });
  test("no `unload` listener, which alone would end the way back to a kept page", async () => {
    const profile = freshProfile();
    const raw = await RawBrowser.start(profile.path);
    try {
      const tab = await raw.first();
      await tab.navigate(address({ play: "" }));
      await tab.until("window.playhead?.video.currentTime > 1.5");
      await tab.evaluate(
        "window.kept = true; addEventListener('pageshow', e => window.persisted = e.persisted)",
      );
      await tab.navigate(`${server.otherOrigin}/clip.webm`);
      await tab.until("!window.playhead");
      await tab.evaluate("history.back()");
      await tab.until("window.playhead");
      expect(await tab.evaluate("[window.kept, window.persisted]")).toEqual([true, true]);
      await tab.evaluate("window.playhead.video.play()");
      await tab.until("window.playhead.video.currentTime > 3");
      await tab.evaluate("window.playhead.session.flush()");
      await until(() => (stored()[0]?.[1] ?? 0) >= 3);
    } finally {
      await raw.kill();
      profile.remove();
    }
  });
});

describe("the wire", () => {
  test("another origin: one preflight for all reports of all videos", async () => {
    const page = await open({ api: server.otherOrigin, play: "" });
    await played(page, 1);
    await page.evaluate(async () => {
      const { client, session, video } = window.playhead;
      await session?.flush();
      for (const videoId of ["b", "c"]) {
        session?.detach();
        video.pause();
        const next = client.attach(video, { courseId: "course", videoId, resume: false });
        await video.play();
        await new Promise(resolve => setTimeout(resolve, 1500));
        await next.flush();
        next.detach();
      }
    });
    expect(server.requests("POST").length).toBeGreaterThanOrEqual(3);
    expect(server.requests("OPTIONS")).toHaveLength(1);
    await page.close();
  });
  test("480 reports in a row with no-store all succeed: each body is read", async () => {
    server.noStore = true;
    const page = await open({ play: "" });
    await played(page, 1);
    const failed = await page.evaluate(async () => {
      const { session, video, events } = window.playhead;
      video.pause();
      for (let i = 0; i < 480; i++) {
        video.currentTime = 2 + (i % 20);
        await new Promise(resolve => video.addEventListener("seeked", resolve, { once: true }));
        await session?.flush();
      }
      return events.filter(event => event.type === "failed").length;
    });
    expect(failed).toBe(0);
    expect(server.requests("POST").length).toBeGreaterThanOrEqual(480);
    await page.close();
  });
  test("an aborted request was heard all the same; the union counts nothing twice", async () => {
    const page = await open({ play: "" });
    await played(page, 2);
    server.latencyMs = 500;
    await page.evaluate(() => void window.playhead.session?.flush());
    await played(page, 3.2);
    await page.evaluate(() => window.playhead.session?.flush());
    const cancelled = await page.evaluate(() =>
      window.playhead.events.filter(one => one.type === "cancelled"),
    );
    expect(server.api.calls).toHaveLength(2);
    expect(cancelled).toMatchObject(cancelled.length > 0 ? [{ why: "superseded" }] : []);
    expect(stored()).toEqual([[0, expect.any(Number)]]);
    await page.close();
  });
  test("60 seeks in a second cost at most 2 requests", async () => {
    const page = await open({ play: "" });
    await played(page, 1);
    await page.evaluate(async () => {
      const { video } = window.playhead;
      for (let i = 0; i < 60; i++) {
        video.currentTime = (i * 7) % 25;
        await new Promise(resolve => setTimeout(resolve, 16));
      }
      video.pause();
    });
    await new Promise(resolve => setTimeout(resolve, 2500));
    expect(server.requests("POST").length).toBeLessThanOrEqual(2);
    expect(server.requests("POST").length).toBeGreaterThanOrEqual(1);
    await page.close();
  });
  test("offline and online again", async () => {
    const page = await open({ play: "" });
    await played(page, 1);
    await page.context().setOffline(true);
    await played(page, 3);
    await page.evaluate(() => window.playhead.video.pause());
    await page.waitForFunction(() => window.playhead.session?.getSnapshot().network === "offline");
    expect(server.requests("POST")).toHaveLength(0);
    await page.context().setOffline(false);
    await until(() => (stored()[0]?.[1] ?? 0) >= 3);
    await page.close();
  });
});

describe("a browser of its own", () => {
  const inBrowser = async (profile: string, task: (raw: RawBrowser) => Promise<void>) => {
    const raw = await RawBrowser.start(profile);
    try {
      await task(raw);
    } finally {
      await raw.kill();
    }
  };
  const revisit = (profile: string) =>
    inBrowser(profile, async raw => {
      const tab = await raw.first();
      await tab.navigate(address());
      await tab.until("window.playhead");
      await until(
        async () => (await tab.evaluate<unknown[]>("window.playhead.client.pending()")).length === 0,
      );
    });

  test("kill -9: the checkpoint in IndexedDB is there at the next visit", async () => {
    const profile = freshProfile();
    const options = JSON.stringify({ checkpointMs: 3000 });
    await inBrowser(profile.path, async raw => {
      const tab = await raw.first();
      await tab.navigate(address({ play: "", options }));
      await tab.until("window.playhead?.events.some(one => one.type === 'checkpoint')");
      await new Promise(resolve => setTimeout(resolve, 1000));
      await raw.kill();
    });
    expect(server.requests("POST")).toHaveLength(0);
    await revisit(profile.path);
    expect(stored()[0]?.[1]).toBeGreaterThanOrEqual(2);
    profile.remove();
  });
  test("the page is closed while the server is away: the slot in localStorage is there at the next visit", async () => {
    const profile = freshProfile();
    server.api.trouble = () => new TypeError("away");
    await inBrowser(profile.path, async raw => {
      const tab = await raw.first();
      // IndexedDB is made to lose what is written at the end, as it mostly does by itself.
      const options = JSON.stringify({ checkpointMs: 1e9 });
      await tab.navigate(address({ play: "", options }));
      await tab.until("window.playhead?.video.currentTime > 3");
      await tab.evaluate("IDBObjectStore.prototype.put = () => { throw new Error('too late') }");
      await raw.open("about:blank");
      await tab.close();
      // A browser in a hurry ends a page that has not had its turn yet: quit when this one has.
      await until(async () => !(await raw.isOpen(tab)));
      await raw.close();
    });
    server.api.trouble = () => undefined;
    await revisit(profile.path);
    expect(stored()[0]?.[1]).toBeGreaterThanOrEqual(3);
    profile.remove();
  });
  test("a hidden tab goes on being counted, and hiding saves at once", async () => {
    const profile = freshProfile();
    await inBrowser(profile.path, async raw => {
      const tab = await raw.first();
      await tab.navigate(address());
      await tab.until("window.playhead?.video.readyState > 2");
      await tab.evaluate("(window.playhead.video.muted = false, window.playhead.video.play())");
      await tab.until("window.playhead.video.currentTime > 2");
      await raw.open("about:blank");
      await tab.until("document.visibilityState === 'hidden'");
      await until(() => server.api.calls.at(-1)?.request.reports[0]?.event === "visibilitychange");
      await tab.until("window.playhead.video.currentTime > 6");
      await tab.evaluate("window.playhead.session.flush()");
      expect(stored()).toEqual([[0, expect.toSatisfy((end: number) => end >= 6)]]);
    });
    profile.remove();
  });
});
