/** The client against a server that answers, refuses, forgets to answer, throttles; and a browser that is killed. */

import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { difference, type Ranges, union, wholeSeconds } from "../../src/intervals.ts";
import { FakeApi, json } from "../support/fake-api.ts";
import { fakePage } from "../support/fake-page.ts";
import { fakeClock, givenPlayer, type Player } from "../support/player.ts";

afterEach(() => vi.useRealTimers());

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("watch" as const), n: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("seek" as const), n: fc.nat(110) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("pause", "hide", "leave", "crash", "detach" as const),
      n: fc.constant(0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("offline", "online" as const), n: fc.constant(0) }),
  },
);
const latency = fc.constantFrom(0, 0, 400, 3000);
const trouble = fc.constantFrom("none", "none", "503", "lost answer", "refused connection", "portal", "429");

test("nothing unacknowledged is ever lost, whatever happens; at most 5 s by a kill", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 2, maxLength: 14 }),
      fc.array(trouble, { minLength: 1 }),
      fc.array(latency, { minLength: 1 }),
      async (actions, troubles, latencies) => {
        fakeClock();
        const api = new FakeApi();
        api.throttles = true;
        let turn = 0;
        api.trouble = call => {
          api.latencyMs = latencies[turn % latencies.length] ?? 0;
          const kind = troubles[turn++ % troubles.length];
          if (kind === "503" || kind === "429") return json({ code: "busy" }, Number(kind));
          if (kind === "portal") return new Response("hello");
          if (kind === "refused connection") return new TypeError("refused");
          if (kind === "lost answer") {
            api.take(call.request); // the server had it, the client never hears
            return new TypeError("reset");
          }
          return undefined;
        };
        const page = fakePage();
        const disk = new Map();
        const slots = new Map();
        let certain: Ranges = []; // what must be stored in the end
        let lost = 0;
        const begin = () =>
          givenPlayer({ api, page, disk, slots, random: Math.random, session: { resume: false } });
        let player: Player = await begin();
        let viewed: [number, number][] = [];
        const keep = () => {
          certain = union(certain, wholeSeconds(union(viewed), 120));
          viewed = [];
        };
        const replace = async () => {
          page.navigator.locks?.held.clear();
          player = await begin();
        };
        for (const { do: what, n } of actions) {
          if (what === "watch") {
            if (player.media.paused && !player.media.ended) player.media.play();
            const from = player.media.currentTime;
            await player.watch(n);
            viewed.push([from, player.media.currentTime]);
          }
          if (what === "seek") player.media.seek(n);
          if (what === "pause") player.media.pause();
          if (what === "hide") {
            page.hide();
            page.show();
          }
          if (what === "offline") page.connect(false);
          if (what === "online") page.connect(true);
          if (what === "leave") {
            keep();
            page.leave();
            vi.clearAllTimers();
            page.document.visibilityState = "visible";
            await replace();
          }
          if (what === "detach") {
            keep();
            player.session.detach();
            await replace();
          }
          if (what === "crash") {
            vi.clearAllTimers();
            const whole = wholeSeconds(union(viewed), 120);
            const saved = union(
              ...[...disk.values(), ...slots.values()].map(one => one.watched),
              api.stored.get("course/video")?.watched ?? [],
            );
            const gone = difference(difference(whole, saved), certain);
            lost = gone.reduce((sum, [a, b]) => sum + b - a, 0);
            expect(lost).toBeLessThanOrEqual(5);
            certain = union(certain, difference(whole, gone));
            viewed = [];
            await replace();
          }
        }
        keep();
        player.session.detach();
        api.trouble = () => undefined;
        api.latencyMs = 0;
        page.connect(true);
        await replace();
        await player.wait(400_000);
        expect(difference(certain, api.stored.get("course/video")?.watched ?? [])).toEqual([]);
        expect([...disk.keys(), ...slots.keys()]).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
