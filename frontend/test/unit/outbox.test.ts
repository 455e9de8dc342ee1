import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ProgressEvent } from "../../src/events.ts";
import { difference, type Range, type Ranges, union } from "../../src/intervals.ts";
import { createOutbox, type Outbox } from "../../src/outbox.ts";
import type { Pending } from "../../src/report.ts";
import { MemoryStorage } from "../support/fake-page.ts";
import { memoryOutbox } from "../support/memory-outbox.ts";

const record = (change: Partial<Pending> = {}): Pending => ({
  v: 1,
  userKey: "ada",
  session: "s1",
  courseId: "course",
  videoId: "video",
  seq: 1,
  event: "pause",
  position: 10,
  duration: 120,
  watched: [[0, 10]],
  at: Date.now(),
  device: "laptop",
  rate: 1,
  ...change,
});

let events: ProgressEvent[] = [];
beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("localStorage", new MemoryStorage());
  events = [];
});

const kinds: [string, () => Outbox][] = [
  ["the real one", () => createOutbox(event => events.push(event))],
  ["the one in memory", () => memoryOutbox()],
];

describe.each(kinds)("laws of the outbox: %s", (_name, create) => {
  test("what is kept in either store is found, the newest state with all that both hold", async () => {
    const outbox = create();
    await outbox.put(record({ seq: 1, watched: [[0, 5]] }));
    outbox.putNow(record({ seq: 2, position: 20, watched: [[15, 20]] }));
    expect(await outbox.list("ada")).toMatchObject([
      {
        seq: 2,
        position: 20,
        watched: [
          [0, 5],
          [15, 20],
        ],
      },
    ]);
  });
  test("an acknowledgement takes what it covers, and nothing else", async () => {
    const outbox = create();
    await outbox.put(record({ seq: 4, watched: [[0, 30]] }));
    await outbox.settle(record({ seq: 3, watched: [[0, 20]] }));
    expect(await outbox.list("ada")).toMatchObject([{ seq: 4, watched: [[20, 30]] }]);
    await outbox.settle(record({ seq: 4, watched: [[20, 30]] }));
    expect(await outbox.list("ada")).toEqual([]);
  });
  test("a user sees only their own", async () => {
    const outbox = create();
    await outbox.put(record());
    expect(await outbox.list("grace")).toEqual([]);
  });
  test("nothing unacknowledged is ever lost, and what is acknowledged leaves", async () => {
    const range = fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 9 })).map(([a, n]): Range => [a, a + n]);
    const step = fc.record({
      what: fc.constantFrom("put", "putNow", "both", "ack-newest", "ack-older", "crash"),
      watched: fc.array(range, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        vi.stubGlobal("indexedDB", new IDBFactory());
        vi.stubGlobal("localStorage", new MemoryStorage());
        const outbox = create();
        let held: Ranges = [];
        let acknowledged: Ranges = [];
        let older: { seq: number; watched: Ranges } | undefined;
        for (const [index, { what, watched }] of steps.entries()) {
          const seq = index + 1;
          const mine = difference(union(held, watched), acknowledged);
          const next = record({ seq, watched: mine });
          if (what === "put" || what === "both") await outbox.put(next);
          if (what === "putNow" || what === "both") outbox.putNow(next);
          if (what.startsWith("put") || what === "both") {
            older = held.length > 0 ? { seq: seq - 1, watched: held } : older;
            held = mine;
          }
          const sent =
            what === "ack-newest" ? { seq, watched: held } : what === "ack-older" ? older : undefined;
          if (sent) {
            await outbox.settle(record(sent));
            acknowledged = union(acknowledged, sent.watched);
            held = difference(held, sent.watched);
          }
          const [stored] = await outbox.list("ada");
          expect(difference(held, stored?.watched ?? [])).toEqual([]);
          if (what === "ack-newest") expect(stored).toBeUndefined();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("when a store fails", () => {
  const outbox = () => createOutbox(event => events.push(event));
  test("no IndexedDB: localStorage takes it", async () => {
    vi.stubGlobal("indexedDB", {
      open: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
    const box = outbox();
    await box.put(record());
    expect(await box.list("ada")).toHaveLength(1);
    expect(events).toMatchObject([{ type: "outbox" }]);
  });
  test("localStorage full: IndexedDB has it, and nothing throws", async () => {
    vi.stubGlobal("localStorage", {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
      removeItem() {},
    });
    const box = outbox();
    box.putNow(record());
    await box.put(record());
    expect(await box.list("ada")).toHaveLength(1);
  });
  test("both gone: it is told, and nothing throws", async () => {
    vi.stubGlobal("indexedDB", undefined);
    vi.stubGlobal("localStorage", undefined);
    const box = outbox();
    await box.put(record());
    box.putNow(record());
    await box.settle(record({ seq: 1, watched: [] }));
    expect(await box.list("ada")).toEqual([]);
    expect(events.length).toBeGreaterThan(0);
  });
  test("rubbish in a store is passed over", async () => {
    localStorage.setItem("playhead:ada:s9", "{not json");
    localStorage.setItem("playhead:ada:s8", JSON.stringify({ v: 1, watched: "all" }));
    expect(await outbox().list("ada")).toEqual([]);
  });
});

test("too old and too many are dropped, and told", async () => {
  const box = createOutbox(event => events.push(event));
  await box.put(record({ session: "old", at: Date.now() - 40 * 24 * 3_600_000 }));
  for (let i = 0; i < 102; i++) await box.put(record({ session: `s${i}`, at: Date.now() + i }));
  const kept = await box.list("ada");
  expect(kept).toHaveLength(100);
  expect(kept.map(one => one.session)).not.toContain("old");
  expect(events).toMatchObject([{ type: "dropped", reports: { length: 3 } }]);
});
