/** The client in a real Chromium, the API on the local stack, the documents in its real mongod. */

import { createHmac, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { seconds } from "../../src/intervals.ts";
import type { Progress } from "../../src/wire.ts";
import { freshProfile, launch, RawBrowser } from "../support/chromium.ts";
import { withDisplay } from "../support/display.ts";
import { WireServer } from "../support/wire-server.ts";

const COURSE = "64b000000000000000000001";
const stack = inject("stack");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** A learner of their own, and a way to the stack on which a test can make trouble. */
async function learner() {
  const server = await WireServer.start();
  server.upstream = stack;
  const sub = `e2e-${randomUUID()}`;
  const { token } = (await (await fetch(`${stack}/local/token?sub=${sub}`)).json()) as { token: string };
  const address = (parameters: Record<string, string> = {}) =>
    `${server.origin}/plain.html?${new URLSearchParams({ sub, course: COURSE, video: "clip", ...parameters })}`;
  const progress = async (): Promise<Progress> => {
    const path = `/v1/courses/${COURSE}/videos/clip/progress`;
    const answer = await fetch(stack + path, { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Progress;
  };
  const stored = async () => (await progress()).watchedSeconds;
  const open = async (parameters: Record<string, string> = { play: "" }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await context.newPage(); // another tab: with the last one of a context its network would end
    await page.goto(address(parameters));
    return page;
  };
  const profile = freshProfile();
  const inBrowser = async (task: (raw: RawBrowser) => Promise<void>, display?: string) => {
    const raw = await RawBrowser.start(profile.path, display);
    try {
      await task(raw);
    } finally {
      await raw.kill();
    }
  };
  const visit = (parameters: Record<string, string> = {}) =>
    inBrowser(async raw => {
      const tab = await raw.first();
      await tab.navigate(address(parameters));
      await tab.until("window.playhead");
      await until(
        async () => (await tab.evaluate<unknown[]>("window.playhead.client.pending()")).length === 0,
      );
    });
  return { server, sub, address, progress, stored, open, inBrowser, visit };
}

const until = async (check: () => Promise<boolean>, timeout = 15_000) => {
  for (const end = Date.now() + timeout; !(await check()); ) {
    if (Date.now() > end) throw new Error(`waited ${timeout} ms for ${check}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
};
const atLeast = (stored: () => Promise<number>, least: number, timeout?: number) =>
  until(async () => (await stored()) >= least, timeout);
const TIME = "window.playhead?.video.currentTime";

describe.concurrent("nothing is lost", () => {
  test("watch 10 s and close the tab: 10 s stored, minus at most 1", async () => {
    const { open, stored } = await learner();
    const page = await open();
    await page.waitForFunction(() => window.playhead.video.currentTime >= 10);
    await page.close({ runBeforeUnload: true });
    await atLeast(stored, 9);
    expect(await stored()).toBeLessThanOrEqual(11);
  });

  test("navigate away", async () => {
    const { open, stored } = await learner();
    const page = await open();
    await page.waitForFunction(() => window.playhead.video.currentTime >= 6);
    await page.goto("about:blank");
    await atLeast(stored, 5);
  });

  test("reload: saved, and it goes on where it was", async () => {
    const { open, stored, progress } = await learner();
    const page = await open({ play: "" });
    await page.waitForFunction(() => window.playhead.video.currentTime >= 9);
    await page.goto(page.url().replace("play=", "resume="));
    await page.waitForFunction(() => window.playhead.video.currentTime > 5);
    const { position } = await progress();
    expect(await page.evaluate(() => window.playhead.video.currentTime)).toBeCloseTo(position - 3, 0);
    expect(await stored()).toBeGreaterThanOrEqual(8);
  });

  test("kill -9 at 12 s, reopened: at most 5 s lost", async () => {
    const { address, inBrowser, stored, visit } = await learner();
    let at = 0;
    await inBrowser(async raw => {
      const tab = await raw.first();
      await tab.navigate(address({ play: "" }));
      await tab.until(`${TIME} >= 12`, 30_000);
      at = await tab.evaluate<number>(TIME);
      await raw.kill();
    });
    expect(await stored()).toBe(0);
    await visit();
    const kept = await stored();
    console.log(`killed at ${at.toFixed(1)} s, ${kept} s kept`);
    expect(at - kept).toBeLessThanOrEqual(5.5);
  });

  test("offline for 10 s, tab closed while offline, reopened online: all there", async () => {
    const { address, inBrowser, stored, visit } = await learner();
    let at = 0;
    await inBrowser(async raw => {
      const tab = await raw.first();
      await tab.navigate(address({ play: "" }));
      await tab.until(`${TIME} >= 2`);
      await tab.browser.call("Network.enable", {}, tab.sessionId);
      const offline = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
      await tab.browser.call("Network.emulateNetworkConditions", offline, tab.sessionId);
      await tab.until(`${TIME} >= 12`, 30_000);
      at = await tab.evaluate<number>(TIME);
      await raw.open("about:blank");
      await tab.close();
      await new Promise(resolve => setTimeout(resolve, 1500));
      await raw.close();
    });
    expect(await stored()).toBe(0);
    await visit();
    expect(await stored()).toBeGreaterThanOrEqual(Math.floor(at) - 1);
  });

  test("last tab closed, 300 ms latency, cold preflight: there at the latest after the next visit", async () => {
    const { address, inBrowser, server, stored, visit } = await learner();
    server.latencyMs = 300;
    const parameters = { play: "", api: server.otherOrigin };
    let at = 0;
    await withDisplay(display =>
      inBrowser(async raw => {
        const tab = await raw.first();
        await tab.navigate(address(parameters));
        await tab.until(`${TIME} >= 8`, 30_000);
        at = await tab.evaluate<number>(TIME);
        if (!display) return raw.close();
        await tab.close();
        await Promise.race([raw.gone, new Promise(resolve => setTimeout(resolve, 3000))]);
      }, display),
    );
    console.log(`${display()}: ${await stored()} s at the last tab's close`);
    await visit({ api: server.otherOrigin });
    expect(await stored()).toBeGreaterThanOrEqual(Math.floor(at) - 1);
  });

  test("the server answers 503 for a minute: afterwards all is there", async () => {
    const { open, server, stored } = await learner();
    const page = await open({ play: "", options: JSON.stringify({ retry: { maxMs: 20_000 } }) });
    await page.waitForFunction(() => window.playhead.video.currentTime >= 5);
    const end = Date.now() + 60_000;
    server.trouble = () =>
      Date.now() < end
        ? Response.json({ code: "store_unavailable" }, { status: 503, headers: { "Retry-After": "5" } })
        : undefined;
    await page.waitForFunction(() => window.playhead.video.currentTime >= 10);
    await page.evaluate(() => window.playhead.video.pause());
    await page.waitForFunction(() => window.playhead.session?.getSnapshot().network === "backoff");
    await atLeast(stored, 9, 150_000);
    const tries = server.requests("POST").length;
    console.log(`503 for a minute: ${tries} requests`);
    expect(tries).toBeLessThanOrEqual(20);
    await page.close();
  });

  test("the token runs out in between: refreshed, and all is there", async () => {
    const { open, stored, sub } = await learner();
    const page = await open({});
    await page.evaluate(token => {
      window.playhead.token = token;
    }, expired(sub));
    await page.evaluate(() => window.playhead.video.play());
    await page.waitForFunction(() => window.playhead.video.currentTime >= 4);
    await page.evaluate(() => window.playhead.video.pause());
    await page.waitForFunction(() =>
      window.playhead.events.some(one => "verdict" in one && one.verdict === "auth"),
    );
    await page.evaluate(() => {
      delete window.playhead.token;
    });
    await atLeast(stored, 4, 30_000);
    await page.close();
  });

  test("two tabs on one video: the union of both, and two viewings", async () => {
    const { open, progress } = await learner();
    const [one, two] = await Promise.all([open({}), open({})]);
    await two.evaluate(() => {
      window.playhead.video.currentTime = 15;
    });
    await Promise.all([one, two].map(page => page.evaluate(() => window.playhead.video.play())));
    await one.waitForFunction(() => window.playhead.video.currentTime >= 6);
    await two.waitForFunction(() => window.playhead.video.currentTime >= 21);
    await Promise.all([one, two].map(page => page.evaluate(() => window.playhead.video.pause())));
    await Promise.all(
      [one, two].map(page =>
        page.waitForFunction(() => window.playhead.session?.getSnapshot().network === "clean"),
      ),
    );
    const saved = await progress();
    expect(saved.watchCount).toBe(2);
    expect(saved.watched).toHaveLength(2);
    expect(seconds(saved.watched)).toBeGreaterThanOrEqual(11);
    await Promise.all([one.close(), two.close()]);
  });

  test("60 seeks in a second cost at most 2 requests", async () => {
    const { open, server } = await learner();
    const page = await open();
    await page.waitForFunction(() => window.playhead.video.currentTime >= 2);
    const before = server.requests("POST").length;
    await page.evaluate(async () => {
      for (let i = 0; i < 60; i++) {
        window.playhead.video.currentTime = (i * 7) % 25;
        await new Promise(resolve => setTimeout(resolve, 16));
      }
      window.playhead.video.pause();
    });
    await page.waitForFunction(() => window.playhead.session?.getSnapshot().network === "clean");
    expect(server.requests("POST").length - before).toBeLessThanOrEqual(2);
    await page.close();
  });

  test("480 reports in a row with no-store all succeed", async () => {
    const { open, server } = await learner();
    server.noStore = true;
    const page = await open();
    await page.waitForFunction(() => window.playhead.video.currentTime >= 1);
    const failed = await page.evaluate(async () => {
      const { events, session, video } = window.playhead;
      video.pause();
      for (let i = 0; i < 480; i++) {
        video.currentTime = 2 + (i % 20);
        await new Promise(resolve => video.addEventListener("seeked", resolve, { once: true }));
        await session?.flush();
      }
      return events.filter(one => one.type === "failed").length;
    });
    expect(failed).toBe(0);
    expect(server.requests("POST").length).toBeGreaterThanOrEqual(480);
    await page.close();
  });
});

/** A token of the local stack's own making that ran out a minute ago. */
function expired(sub: string): string {
  const secret = process.env.JWT_SECRET || "playhead-development-secret-not-for-production";
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub, iss: "playhead-local", aud: "playhead", iat: now - 3660, exp: now - 60 };
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

function display(): string {
  return existsSync("/usr/bin/Xvfb") ? "headed" : "headless";
}
