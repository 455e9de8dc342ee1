import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeApi, json } from "../support/fake-api.ts";
import { fakePage } from "../support/fake-page.ts";
import { fakeClock, givenPlayer } from "../support/player.ts";

beforeEach(fakeClock);
afterEach(() => vi.useRealTimers());

const last = <T>(list: readonly T[]): T => list.at(-1) as T;

describe("when it saves", () => {
  test("nothing before something has played", async () => {
    const player = await givenPlayer();
    player.media.seek(40);
    player.page.leave();
    player.session.detach();
    await player.wait(60_000);
    expect(player.api.calls).toEqual([]);
  });
  test("a routine report after the interval, then as the server says", async () => {
    const player = await givenPlayer();
    player.api.nextUpdateMs = 10_000;
    player.media.play();
    await player.watch(29);
    expect(player.api.calls).toHaveLength(0);
    await player.watch(2);
    expect(player.api.calls).toHaveLength(1);
    await player.watch(11);
    expect(player.api.calls).toHaveLength(2);
    expect(last(player.api.calls).request.reports[0]).toMatchObject({
      event: "timeupdate",
      seq: expect.any(Number),
    });
  });
  test("the server's interval is followed within bounds", async () => {
    const player = await givenPlayer({ minIntervalMs: 5_000, intervalMs: 6_000, duration: 600 });
    player.api.nextUpdateMs = 1;
    player.media.play();
    await player.watch(60);
    expect(player.api.calls.length).toBeLessThanOrEqual(11);
  });
  test("a pause after 250 ms, with the whole second", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(9.75);
    player.media.pause();
    await player.wait(200);
    expect(player.api.calls).toHaveLength(0);
    await player.wait(100);
    expect(last(player.api.calls).request.reports[0]).toMatchObject({
      event: "pause",
      position: 9.75,
      watched: [[0, 10]],
    });
    expect(player.session.getSnapshot()).toMatchObject({
      network: "clean",
      pendingSeconds: 0,
      playback: "idle",
    });
    expect(player.disk.size + player.slots.size).toBe(0);
  });
  test("60 seeks in a second cost one request", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(3);
    for (let i = 0; i < 60; i++) {
      player.media.seek(i);
      await player.wait(16);
    }
    await player.wait(3000);
    expect(player.api.calls).toHaveLength(1);
    expect(last(player.api.calls).request.reports[0]?.event).toBe("seeked");
  });
  test("the end at once, though `pause` fires just before it: one request", async () => {
    const player = await givenPlayer({ duration: 10 });
    player.media.play();
    await player.watch(12);
    expect(player.api.calls.map(call => call.request.reports[0]?.event)).toEqual(["ended"]);
    expect(player.session.getSnapshot()).toMatchObject({
      playback: "ended",
      progress: { watchedPercentage: 100 },
    });
  });
  test("leaving fires pagehide and then visibilitychange: one request, with keepalive", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(8);
    player.page.leave();
    expect(player.api.calls.map(call => [call.request.reports[0]?.event, call.keepalive])).toEqual([
      ["pagehide", true],
    ]);
    await player.wait(5000);
    expect(player.api.calls).toHaveLength(1);
  });
  test("it never listens to unload, which would end the way back to a kept page", async () => {
    const page = fakePage();
    const listens = vi.spyOn(page.window, "addEventListener");
    await givenPlayer({ page });
    const types = listens.mock.calls.map(([type]) => type);
    expect(types).toContain("pagehide");
    expect(types).not.toContain("unload");
    expect(types).not.toContain("beforeunload");
  });
  test("a page that is kept for the way back releases its lock, and takes it again", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(4);
    player.page.leave();
    await player.wait(1);
    expect(player.page.navigator.locks?.held.size).toBe(0);
    player.page.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await player.wait(1);
    expect(player.page.navigator.locks?.held.size).toBe(1);
  });
  test("the exit leaves in the same task, with a token that was fetched ahead", async () => {
    const getToken = async () => {
      await new Promise(resolve => setTimeout(resolve, 100));
      return "later";
    };
    const player = await givenPlayer({ getToken, session: { resume: false } });
    player.media.play();
    await player.watch(8);
    player.page.leave();
    expect(player.api.calls).toHaveLength(1); // no await in between
    expect(player.slots.size).toBe(1);
  });
  test("detach saves at once, does not cancel its own save, and releases the lock", async () => {
    const player = await givenPlayer();
    player.api.latencyMs = 300;
    player.media.play();
    await player.watch(8);
    player.session.detach();
    expect(player.page.navigator.locks?.held.size).toBe(1);
    await player.wait(1000);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 8]]);
    expect(player.disk.size + player.slots.size).toBe(0);
    expect(player.page.navigator.locks?.held.size).toBe(0);
    player.media.step(1);
    await player.wait(60_000);
    expect(player.api.calls).toHaveLength(1);
  });
  test("a changed source before detach: the old position is saved, not 0", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(20);
    player.media.changeSource();
    player.session.detach();
    expect(last(player.api.calls).request.reports[0]).toMatchObject({ position: 20, watched: [[0, 20]] });
  });
  test("an hour costs at most 130 requests", async () => {
    const player = await givenPlayer({ duration: 3600 });
    player.media.play();
    await player.watch(3600);
    await player.wait(5000);
    expect(player.api.calls.length).toBeLessThanOrEqual(130);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 3600]]);
  });
});

describe("acknowledgement", () => {
  test("an urgent report supersedes the one in flight and carries all that it carried", async () => {
    const player = await givenPlayer();
    player.api.latencyMs = 3000;
    player.media.play();
    await player.watch(31);
    player.media.pause();
    await player.wait(300);
    expect(player.api.calls.map(call => call.request.reports[0]?.event)).toEqual(["timeupdate", "pause"]);
    expect(player.api.calls.map(call => call.request.reports[0]?.watched)).toEqual([[[0, 30]], [[0, 31]]]);
    await player.wait(4000);
    expect(player.told("cancelled")).toMatchObject([{ why: "superseded" }]);
    expect(player.told("failed")).toEqual([]);
    expect(player.session.getSnapshot().network).toBe("clean");
  });
  test("the answer to a superseded request does not end the newer one", async () => {
    const player = await givenPlayer();
    player.api.latencyMs = 3000;
    player.media.play();
    await player.watch(31);
    player.media.pause();
    await player.wait(300);
    expect(player.session.getSnapshot().network).toBe("in-flight");
  });
  test("a routine report waits for the one in flight", async () => {
    const player = await givenPlayer({ intervalMs: 5000 });
    player.api.latencyMs = 12_000;
    player.media.play();
    await player.watch(16);
    expect(player.api.calls).toHaveLength(1);
  });
  test("throttled is no acknowledgement: everything is kept and comes again", async () => {
    const player = await givenPlayer();
    player.api.throttles = true;
    player.api.claims.set("course/video", {
      session: "other",
      seq: 1,
      at: Date.now() + 10_000,
      next: Date.now() + 60_000,
    });
    player.media.play();
    await player.watch(10);
    player.media.pause();
    await player.wait(300);
    expect(player.told("held")).toMatchObject([{ result: { outcome: "throttled" } }]);
    expect(player.session.getSnapshot()).toMatchObject({ network: "dirty", pendingSeconds: 10 });
    await player.wait(3000);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 10]]);
    expect(player.session.getSnapshot()).toMatchObject({ network: "clean", pendingSeconds: 0 });
  });
  test("stale is none either: it comes again above the number that overtook it", async () => {
    const player = await givenPlayer();
    player.api.throttles = true;
    player.media.play();
    await player.watch(4);
    player.api.claims.set("course/video", { session: player.session.id, seq: 20, at: 0, next: 0 });
    player.media.pause();
    await player.wait(60_000);
    expect(player.told("held").length).toBeLessThanOrEqual(6);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 4]]);
  });
  test("rejected is final, and told", async () => {
    const player = await givenPlayer();
    const result = { outcome: "rejected", error: { code: "not_entitled" } };
    player.api.trouble = () => json({ code: "forbidden", results: [result] }, 403);
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(30_000);
    expect(player.told("rejected")).toHaveLength(1);
    expect(player.api.calls).toHaveLength(1);
    expect(player.disk.size).toBe(0);
  });
  test("after a reset elsewhere what comes next is a new session's", async () => {
    const player = await givenPlayer();
    const ended = player.session.id;
    const result = { outcome: "rejected", error: { code: "attempt_over" } };
    player.api.trouble = () => json({ code: "attempt_over", results: [result] }, 409);
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(1000);
    player.api.trouble = () => undefined;
    expect(player.session.id > ended).toBe(true);
    player.media.play();
    await player.watch(3);
    player.media.pause();
    await player.wait(30_000);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[4, 7]]);
    expect(player.told("sent").at(-1)).toMatchObject({ reports: [{ session: player.session.id }] });
  });
  test("an answer of 200 that is not ours acknowledges nothing", async () => {
    const player = await givenPlayer();
    player.api.trouble = () => new Response("<h1>Welcome to the airport</h1>");
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(300);
    expect(player.session.getSnapshot()).toMatchObject({ network: "backoff", pendingSeconds: 4 });
  });
});

describe("trouble", () => {
  test("503 for a minute: it backs off, then all is there", async () => {
    const player = await givenPlayer({ random: Math.random });
    const until = Date.now() + 60_000;
    player.api.trouble = () => (Date.now() < until ? json({ code: "unavailable" }, 503) : undefined);
    player.media.play();
    await player.watch(10);
    player.media.pause();
    await player.wait(200_000);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 10]]);
    expect(player.api.calls.length).toBeLessThan(25);
    expect(player.session.getSnapshot().network).toBe("clean");
  });
  test("Retry-After is a floor", async () => {
    const player = await givenPlayer();
    player.api.trouble = () => json({}, 503, { "Retry-After": "20" });
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(20_000);
    expect(player.api.calls).toHaveLength(1);
    await player.wait(2_000);
    expect(player.api.calls).toHaveLength(2);
  });
  test("a token that ran out is refreshed once, and the report comes through", async () => {
    const getToken = vi.fn(({ refresh }) => (refresh ? "new" : "old"));
    const player = await givenPlayer({ getToken });
    player.api.trouble = call =>
      call.token === "Bearer old" ? json({ code: "unauthorized" }, 401) : undefined;
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(500);
    expect(player.api.calls.map(call => call.token)).toEqual(["Bearer old", "Bearer new"]);
    expect(player.session.getSnapshot().network).toBe("clean");
  });
  test("no token to be had: it backs off, keeps everything and says so", async () => {
    const player = await givenPlayer({ getToken: async () => Promise.reject(new Error("signed out")) });
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(500);
    expect(player.session.getSnapshot()).toMatchObject({ network: "auth", pendingSeconds: 4 });
    expect(player.disk.size).toBe(1);
  });
  test("while backing off a pause waits, leaving does not", async () => {
    const player = await givenPlayer({ retry: { baseMs: 30_000 } });
    player.api.trouble = () => new TypeError("connection refused");
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(300);
    player.media.play();
    await player.watch(2);
    player.media.pause();
    await player.wait(300);
    expect(player.api.calls).toHaveLength(1);
    player.page.leave();
    expect(player.api.calls).toHaveLength(2);
  });
  test("a request that gets no answer is given up and tried again", async () => {
    const player = await givenPlayer({ timeoutMs: 2000 });
    player.api.latencyMs = 1e9;
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(2500);
    expect(player.told("failed")).toHaveLength(1);
    player.api.latencyMs = 0;
    await player.wait(5000);
    expect(player.session.getSnapshot().network).toBe("clean");
  });
  test("offline nothing is sent and everything kept; online it goes at once", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(4);
    player.page.connect(false);
    await player.watch(40);
    player.media.pause();
    await player.wait(1000);
    expect(player.api.calls).toHaveLength(0);
    expect(player.session.getSnapshot()).toMatchObject({ network: "offline", pendingSeconds: 44 });
    player.page.connect(true);
    await player.wait(1000);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 44]]);
    expect(player.session.getSnapshot()).toMatchObject({ network: "clean", pendingSeconds: 0 });
  });
  test("a refusal for good is told and not repeated every moment", async () => {
    const player = await givenPlayer();
    player.api.trouble = () => json({ code: "not_found" }, 404);
    player.media.play();
    await player.watch(4);
    player.media.pause();
    await player.wait(55_000);
    expect(player.told("failed")).toMatchObject([{ verdict: "refused", status: 404 }]);
    expect(player.api.calls).toHaveLength(1);
  });
});

describe("crash and next visit", () => {
  test("a crash costs at most the 5 s since the last checkpoint", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(12);
    const disk = new Map(player.disk); // what is on the disk when the browser is killed
    player.page.navigator.locks?.held.clear();
    const next = await givenPlayer({ api: player.api, page: player.page, disk });
    await next.wait(1000);
    const watched = player.api.stored.get("course/video")?.watched ?? [];
    expect(watched).toEqual([[0, expect.toSatisfy((end: number) => end >= 7 && end <= 12)]]);
    expect(disk.size).toBe(0);
    expect(next.told("drained")).toMatchObject([{ reports: 1 }]);
  });
  test("another tab's living session is left alone", async () => {
    const one = await givenPlayer();
    one.media.play();
    await one.watch(12);
    const two = await givenPlayer({ api: one.api, page: one.page, disk: one.disk });
    await two.wait(1000);
    expect(one.api.calls).toHaveLength(0);
    expect(one.disk.size).toBe(1);
  });
  test("what a failed last save left goes with a later drain of the same page", async () => {
    const player = await givenPlayer();
    player.api.trouble = () => json({}, 503);
    player.media.play();
    await player.watch(12);
    player.session.detach();
    await player.wait(100);
    player.api.trouble = () => undefined;
    await player.wait(5000);
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 12]]);
    expect(player.disk.size + player.slots.size).toBe(0);
  });
  test("one bad record does not hold the others, and is kept aside", async () => {
    const first = await givenPlayer();
    first.media.play();
    await first.watch(6);
    const [good] = [...first.disk.values()];
    if (!good) throw new Error("no checkpoint");
    const bad = { ...good, session: "bad", videoId: "poison" };
    const disk = new Map([
      ["bad", bad],
      ["good", { ...good, session: "good" }],
    ]);
    first.api.trouble = call =>
      call.request.reports.some(report => report.videoId === "poison") ? json({}, 413) : undefined;
    const next = await givenPlayer({ api: first.api, page: first.page, disk });
    await next.wait(60_000);
    expect(first.api.stored.has("course/video")).toBe(true);
    expect([...disk.values()]).toMatchObject([{ session: "bad", refused: 413 }]);
    expect(first.api.calls).toHaveLength(3);
  });
  test("logout: saved, then nothing of the user stays here", async () => {
    const player = await givenPlayer();
    player.media.play();
    await player.watch(12);
    await player.client.forget();
    expect(player.api.stored.get("course/video")?.watched).toEqual([[0, 12]]);
    expect(player.disk.size + player.slots.size).toBe(0);
  });
});

describe("resume and other devices", () => {
  const watched = async (position: number, api = new FakeApi()) => {
    api.stored.set("course/video", {
      watched: [[0, position]],
      position,
      at: Date.now() - 60_000,
      duration: 120,
      sessions: new Set(["elsewhere"]),
    });
    return api;
  };
  test("it goes on where it was", async () => {
    const player = await givenPlayer({ api: await watched(60) });
    expect(player.media.currentTime).toBe(57);
    expect(player.session.getSnapshot().resume).toEqual({ position: 57, reason: "continue", from: "server" });
  });
  test("asked to ask, it only tells", async () => {
    const player = await givenPlayer({ api: await watched(60), session: { resume: "ask" } });
    expect(player.media.currentTime).toBe(0);
    expect(player.session.getSnapshot().resume?.position).toBe(57);
  });
  test("never a jump once something plays", async () => {
    const api = await watched(60);
    const slow: typeof fetch = async (input, init) => {
      await new Promise(resolve => setTimeout(resolve, 2000));
      return api.fetch(input as string, init);
    };
    const player = await givenPlayer({ api, fetch: slow });
    player.media.play();
    await player.watch(4);
    expect(player.media.currentTime).toBeCloseTo(4);
  });
  test.each([
    [3, "start"],
    [112, "finished"],
  ])("at %i s of 120 it starts over: %s", async (position, reason) => {
    const player = await givenPlayer({ api: await watched(position) });
    expect(player.media.currentTime).toBe(0);
    expect(player.session.getSnapshot().resume?.reason).toBe(reason);
  });
  test("what is newer on this device wins over the server", async () => {
    const api = await watched(60);
    const first = await givenPlayer({ api });
    first.media.finishSeek();
    api.trouble = () => json({}, 503);
    first.media.play();
    await first.watch(20);
    first.session.detach();
    await first.wait(10);
    const next = await givenPlayer({ api, page: first.page, disk: first.disk, slots: first.slots });
    expect(next.session.getSnapshot().resume).toMatchObject({ position: 74, from: "device" });
  });
  test("back in view after another device went on: it is told, and does not jump", async () => {
    const onTakeover = vi.fn();
    const player = await givenPlayer({ session: { onTakeover } });
    player.media.play();
    await player.watch(10);
    player.media.pause();
    await player.wait(1000);
    player.page.hide();
    await player.wait(60_000);
    await watched(90, player.api);
    const stored = player.api.stored.get("course/video");
    if (stored) stored.at = Date.now();
    player.page.show();
    await player.wait(100);
    expect(player.session.getSnapshot().takeover?.position).toBe(90);
    expect(onTakeover).toHaveBeenCalledOnce();
    expect(player.media.currentTime).toBeCloseTo(10);
  });
});
