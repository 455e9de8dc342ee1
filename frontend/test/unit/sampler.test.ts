import { beforeEach, describe, expect, test } from "vitest";
import { createSampler, type Sampler } from "../../src/sampler.ts";
import { FakeMedia } from "../support/fake-media.ts";

let media: FakeMedia;
let now: number;
let sampler: Sampler;
const pass = (seconds: number, steps = 1) => {
  for (let i = 0; i < steps; i++) {
    now += (seconds / steps) * 1000;
    media.step((seconds / steps) * media.playbackRate);
  }
};

beforeEach(() => {
  media = new FakeMedia();
  now = 1000;
  sampler = createSampler(
    media,
    () => {},
    () => now,
  );
});

describe("what was played", () => {
  test("plain playing is one range", () => {
    media.play();
    pass(10, 40);
    expect(sampler.played).toEqual([[0, expect.closeTo(10)]]);
  });
  test("a seek adds nothing of what it jumps over, though the time at `seeking` is the target's", () => {
    media.play();
    pass(5, 20);
    media.seek(50);
    pass(5, 20);
    expect(sampler.played).toEqual([
      [0, expect.closeTo(5)],
      [50, expect.closeTo(55)],
    ]);
  });
  test("a timeupdate that overtakes `seeking` adds nothing either", () => {
    media.play();
    pass(1, 4);
    media.seeking = true;
    media.step(1.2); // near enough to be taken for playing
    expect(sampler.played).toEqual([[0, expect.closeTo(1)]]);
  });
  test("a jump that no seek announced is not believed", () => {
    media.play();
    pass(1, 4);
    now += 250;
    media.step(30);
    expect(sampler.played).toEqual([[0, expect.closeTo(1)]]);
  });
  test("at 4x a step of 1.15 s is believed", () => {
    media.playbackRate = 4;
    media.play();
    now += 266;
    media.step(1.15);
    expect(sampler.played).toEqual([[0, 1.15]]);
  });
  test("nothing is played while paused, and the position follows a seek", () => {
    media.play();
    pass(2, 8);
    media.pause();
    media.seek(60);
    now += 5000;
    media.step(0);
    expect(sampler.played).toEqual([[0, expect.closeTo(2)]]);
    expect(sampler.position).toBe(60);
  });
  test("sample() takes what came after the last timeupdate", () => {
    media.play();
    pass(2, 8);
    now += 200;
    Object.defineProperty(media, "currentTime", { value: 2.2 });
    sampler.sample();
    expect(sampler.played).toEqual([[0, 2.2]]);
  });
});

describe("the source changes under us", () => {
  test("in the same task, before any event: the old position stays", () => {
    media.play();
    pass(30, 120);
    media.changeSource();
    sampler.sample();
    expect(sampler.position).toBeCloseTo(30);
  });
  test("after `emptied` neither time nor duration are the old video's", () => {
    media.play();
    pass(30, 120);
    media.changeSource();
    media.fire("emptied");
    media.readyState = 1;
    media.duration = 7;
    media.fire("durationchange");
    media.fire("timeupdate");
    expect([sampler.position, sampler.duration]).toEqual([expect.closeTo(30), 120]);
  });
  test("a live stream has no duration", () => {
    media = new FakeMedia();
    media.duration = Number.POSITIVE_INFINITY;
    expect(createSampler(media, () => {}).duration).toBe(0);
  });
});
