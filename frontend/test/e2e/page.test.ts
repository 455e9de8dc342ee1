/** The page on the local stack, state by state; with SCREENSHOTS=1 it keeps a picture of each in docs/frontend. */

import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { sessionId } from "../../src/ids.ts";
import { launch } from "../support/chromium.ts";
import { WireServer } from "../support/wire-server.ts";

const stack = inject("stack");
const PICTURES = join(import.meta.dirname, "../../../docs/frontend");
const WIDE = { width: 1320, height: 860 };
let browser: Browser;
let server: WireServer;

beforeAll(async () => {
  await build({ configFile: join(import.meta.dirname, "../../vite.page.config.ts"), logLevel: "warn" });
  [browser, server] = await Promise.all([launch(), WireServer.start()]);
  server.upstream = stack;
  mkdirSync(PICTURES, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  server?.stop();
});

/** A learner whom nobody has seen before, at the page. */
async function visitor(
  options: { viewport?: typeof WIDE; colorScheme?: "light" | "dark"; learner?: string } = {},
) {
  const learner = options.learner ?? `page-${randomUUID()}`;
  server.rewrite = (path, text) =>
    path === "/local/settings"
      ? JSON.stringify({ ...JSON.parse(text), learners: [{ id: learner, name: "Ada Lovelace" }] })
      : text;
  const context = await browser.newContext({ viewport: WIDE, deviceScaleFactor: 1, ...options });
  const page = await context.newPage();
  const broken: string[] = [];
  page.on("pageerror", error => broken.push(String(error)));
  page.on("console", message => {
    if (message.text().includes("Content Security Policy")) broken.push(message.text());
  });
  await page.goto(server.origin);
  await page.locator(".lesson").first().waitFor();
  return { learner, page, broken };
}
const play = (page: Page, seconds: number, rate = 1) =>
  page.evaluate(
    async ({ seconds, rate }) => {
      const video = document.querySelector("video") as HTMLVideoElement;
      video.muted = true;
      video.playbackRate = rate;
      await video.play();
      await new Promise<void>(resolve =>
        video.addEventListener(
          "timeupdate",
          () => (video.currentTime >= seconds || video.ended) && resolve(),
        ),
      );
    },
    { seconds, rate },
  );
const pause = (page: Page) => page.evaluate(() => document.querySelector("video")?.pause());
const network = (page: Page, state: string) => page.locator(`.sync[data-network="${state}"]`).waitFor();
async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return;
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
/** What another device of the learner reports. */
async function elsewhere(learner: string, video: string, position: number): Promise<void> {
  const { token } = (await (await fetch(`${stack}/local/token?sub=${learner}`)).json()) as { token: string };
  const now = Date.now();
  const report = {
    courseId: "64b000000000000000000001",
    videoId: video,
    event: "pause",
    position,
    duration: 120,
    watched: [[0, position]],
    session: sessionId(now - position * 1000),
    seq: 1,
    at: now,
    device: "phone",
  };
  const answer = await fetch(`${stack}/v1/progress`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ sentAt: now, reports: [report] }),
  });
  expect(await answer.json()).toMatchObject({ results: [{ outcome: "applied" }] });
}
const TWO_MINUTES = "64b000000000000000000102";

test("empty, watching, saved, and back again with a question", async () => {
  const { page, broken } = await visitor();
  await expect.poll(() => page.locator(".lesson").count()).toBe(3);
  await picture(page, "empty");
  await page.getByRole("button", { name: /Two minutes/ }).click();
  await play(page, 14, 2);
  await picture(page, "watching");
  await pause(page);
  await network(page, "clean");
  await expect.poll(() => page.locator(".sync").textContent()).toContain("Saved");
  await page.reload();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await picture(page, "resume");
  await page.getByRole("button", { name: /Continue at/ }).click();
  await expect
    .poll(() => page.evaluate(() => document.querySelector("video")?.currentTime ?? 0))
    .toBeGreaterThan(9);
  await page.getByRole("heading", { name: "Welcome back" }).waitFor({ state: "detached" });
  expect(broken).toEqual([]);
  await page.context().close();
});

test("offline: it says so and what is kept, and saves when the connection is back", async () => {
  const { page, broken } = await visitor();
  await play(page, 6);
  await page.context().setOffline(true);
  await play(page, 16, 2);
  await pause(page);
  await network(page, "offline");
  await expect
    .poll(() => page.locator(".sync").textContent())
    .toMatch(/Offline · 1\d seconds kept on this device/);
  await picture(page, "offline");
  await page.context().setOffline(false);
  await network(page, "clean");
  expect(broken).toEqual([]);
  await page.context().close();
});

test("another device went on: it is offered, and nothing jumps", async () => {
  const { page, learner } = await visitor();
  await page.getByRole("button", { name: /Two minutes/ }).click();
  await play(page, 8, 2);
  await pause(page);
  await network(page, "clean");
  await new Promise(resolve => setTimeout(resolve, 2500));
  await elsewhere(learner, TWO_MINUTES, 83);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByText("on another device").waitFor();
  await picture(page, "another-device");
  expect(await page.evaluate(() => document.querySelector("video")?.currentTime)).toBeLessThan(12);
  await page.getByRole("button", { name: /Go to/ }).click();
  await expect
    .poll(() => page.evaluate(() => document.querySelector("video")?.currentTime ?? 0))
    .toBeGreaterThan(82);
  await page.context().close();
});

test("watched to the end: finished, and the next one is offered", async () => {
  const { page, learner, broken } = await visitor();
  await elsewhere(learner, TWO_MINUTES, 40);
  await page.getByRole("button", { name: /Twenty seconds/ }).click();
  await play(page, 30, 2);
  await page.getByRole("heading", { name: "Finished" }).waitFor();
  await expect
    .poll(() => page.getByRole("button", { name: /Twenty seconds/ }).textContent())
    .toContain("Finished");
  await page.reload();
  await page.getByRole("button", { name: /Twenty seconds/ }).click();
  await play(page, 30, 2);
  await page.getByRole("heading", { name: "Finished" }).waitFor();
  await picture(page, "finished");
  expect(broken).toEqual([]);
  await page.context().close();
});

test("on a phone, and in the dark", async () => {
  const learner = `page-${randomUUID()}`;
  await elsewhere(learner, TWO_MINUTES, 47);
  const phone = await visitor({ learner, viewport: { width: 390, height: 844 } });
  await phone.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide).toBe(false);
  await picture(phone.page, "phone");
  await phone.page.context().close();
  const dark = await visitor({ learner, colorScheme: "dark" });
  await dark.page.getByRole("button", { name: /One minute/ }).click();
  await play(dark.page, 9, 2);
  await dark.page.locator(".continue").waitFor();
  await picture(dark.page, "dark");
  await dark.page.context().close();
});

test("with the keyboard alone", async () => {
  const { page } = await visitor();
  const reached = new Set<string>();
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press("Tab");
    reached.add(
      await page.evaluate(() => document.activeElement?.textContent || document.activeElement?.tagName || ""),
    );
  }
  for (const name of ["One minute", "Two minutes", "Twenty seconds"])
    expect([...reached].some(text => text.includes(name))).toBe(true);
  expect([...reached]).toContain("VIDEO");
  await page.getByRole("button", { name: /Two minutes/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 2, name: "Two minutes" }).waitFor();
  await page.context().close();
});
