/** The sampler against the browser's own `played`, the players of others, React, and the script tag; in a real Chromium. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Ranges, seconds } from "../../src/intervals.ts";
import { launch } from "../support/chromium.ts";
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

const stored = (video = "video"): Ranges => server.api.stored.get(`course/${video}`)?.watched ?? [];
const until = (check: () => unknown, timeout = 10_000) =>
  expect.poll(check, { timeout, interval: 50 }).toBeTruthy();

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("play"), n: fc.integer({ min: 300, max: 900 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("seek"), n: fc.integer({ min: 0, max: 26 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause"), n: fc.integer({ min: 50, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rate"), n: fc.constantFrom(0.5, 1, 2, 4) }) },
);

test("the sampler's ranges are the browser's own `played`, on random scripts over a real video", async () => {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/plain.html`);
  // Some scripts at once, each on a video of its own: they mostly wait.
  const scripts = fc.sample(fc.array(step, { minLength: 5, maxLength: 9 }), {
    numRuns: 24,
    seed: Number(process.env.SEED ?? Date.now() % 1e6),
  });
  for (let from = 0; from < scripts.length; from += 6) {
    const results = await page.evaluate(runScripts, scripts.slice(from, from + 6));
    for (const [index, { sampled, native, seeks, rate }] of results.entries()) {
      const slack = 0.3 * rate; // one timeupdate at the fastest rate
      const label = JSON.stringify({ script: scripts[from + index], sampled, native });
      for (const [start, end] of sampled) {
        const inside = native.some(([a, b]) => start >= a - 0.05 && end <= b + 0.05);
        expect(inside, `nothing sampled that was not played: ${label}`).toBe(true);
      }
      const missing = seconds(native) - seconds(sampled);
      expect(
        missing,
        `all that was played but for the last step before each seek: ${label}`,
      ).toBeLessThanOrEqual((seeks + 1) * slack + 0.1);
    }
  }
  await page.close();
});

/** In the page: run each script on a fresh video, and give back what the sampler and what the browser saw. */
async function runScripts(scripts: { do: string; n: number }[][]) {
  const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
  return Promise.all(
    scripts.map(async script => {
      const video = document.createElement("video");
      video.muted = true;
      video.src = "/clip.webm";
      await new Promise(resolve => video.addEventListener("canplay", resolve, { once: true }));
      const sampler = window.playhead.createSampler(video, () => {});
      let seeks = 0;
      let rate = 1;
      for (const { do: what, n } of script) {
        if (what === "play") {
          await video.play();
          await wait(n);
        }
        if (what === "seek") {
          seeks++;
          video.currentTime = n;
          await wait(150);
        }
        if (what === "pause") {
          video.pause();
          await wait(n);
        }
        if (what === "rate") {
          video.playbackRate = n;
          rate = Math.max(rate, n);
        }
      }
      video.pause();
      await wait(200);
      sampler.sample();
      const native = Array.from(
        { length: video.played.length },
        (_, i) => [video.played.start(i), video.played.end(i)] as [number, number],
      );
      return { sampled: sampler.played, native, seeks, rate };
    }),
  );
}

test.each(["videojs", "vidstack", "hls"])("%s: what it plays is counted", async player => {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/adapters.html?player=${player}`);
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 3);
  await page.evaluate(() => document.querySelector("video")?.pause());
  await until(() => stored().length > 0);
  expect(stored()).toEqual([[0, expect.toSatisfy((end: number) => end >= 3 && end <= 5)]]);
  await page.close();
});

const output = (page: Page) =>
  page
    .locator("output")
    .textContent()
    .then(text => JSON.parse(text ?? "{}"));

test("React: strict mode, another video on the same element, and unmount, each saved at its own position", async () => {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/react.html`);
  const played = (least: number) =>
    page.waitForFunction(least => (document.querySelector("video")?.currentTime ?? 0) >= least, least);
  await played(2.6);
  expect(await output(page)).toMatchObject({ playback: "playing", network: "dirty" });
  await page.getByText("save").click();
  await until(async () => (await output(page)).pendingSeconds === 0);
  await played(4);
  await page.getByText("next").click();
  await until(() => (stored("one")[0]?.[1] ?? 0) >= 4);
  expect(server.api.stored.get("course/one")?.position).toBeGreaterThan(3.5);
  await played(2);
  await page.getByText("close").click();
  await until(() => (stored("two")[0]?.[1] ?? 0) >= 2);
  expect(server.api.stored.get("course/one")?.sessions.size).toBe(1);
  await page.close();
});

test("the script tag: one file, one global, two lines", async () => {
  await build({ configFile: join(import.meta.dirname, "../../vite.iife.config.ts"), logLevel: "warn" });
  const page = await browser.newPage();
  await page.goto(`${server.origin}/empty.html`);
  await page.addScriptTag({
    content: readFileSync(join(import.meta.dirname, "../../dist/playhead.iife.js"), "utf8"),
  });
  await page.evaluate(() => {
    const video = document.createElement("video");
    video.muted = true;
    video.src = "/clip.webm";
    document.body.append(video);
    const { Playhead } = window as unknown as { Playhead: typeof import("../../src/script.ts") };
    const client = Playhead.createProgressClient({ url: "", userKey: "ada", getToken: () => "token" });
    client.attach(video, { courseId: "course", videoId: "video" });
    return video.play();
  });
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 2);
  await page.evaluate(() => document.querySelector("video")?.pause());
  await until(() => (stored()[0]?.[1] ?? 0) >= 2);
  await page.close();
});
