import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { difference, type Range, type Ranges, seconds, union, wholeSeconds } from "../../src/intervals.ts";

const range = fc.tuple(fc.nat(60), fc.nat(10)).map(([start, length]): Range => [start, start + length]);
const ranges = fc.array(range, { maxLength: 8 });
const members = (set: Ranges) =>
  new Set(
    set.flatMap(([start, end]) => Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)),
  );
const isCanonical = (set: Ranges) =>
  set.every(([start, end], i) => start < end && (i === 0 || (set[i - 1]?.[1] ?? 0) < start));

describe("the algebra is that of sets", () => {
  test("union", () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const joined = union(a, b);
        expect(isCanonical(joined)).toBe(true);
        expect(members(joined)).toEqual(new Set([...members(a), ...members(b)]));
        expect(seconds(joined)).toBe(members(joined).size);
      }),
    );
  });
  test("difference", () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [left, taken] = [union(a), union(b)];
        const rest = difference(left, taken);
        expect(isCanonical(rest)).toBe(true);
        expect(members(rest)).toEqual(
          new Set([...members(left)].filter(second => !members(taken).has(second))),
        );
      }),
    );
  });
  test("ranges that touch become one", () => {
    expect(union([[0, 5]], [[5, 9]], [[20, 21]])).toEqual([
      [0, 9],
      [20, 21],
    ]);
  });
});

describe("a second counts when at least half of it was played", () => {
  test.each([
    [[[0, 9.7]], [[0, 10]]],
    [[[0, 9.3]], [[0, 9]]],
    [[[3.4, 4.6]], [[3, 5]]],
    [[[3.6, 4.4]], []],
    [
      [
        [4.0, 4.3],
        [4.5, 4.9],
      ],
      [[4, 5]],
    ],
    [[[4.4, 4.6]], []],
    [[[0, 29.3]], [[0, 30]]],
    [[[0, 29.1]], [[0, 29]]],
  ] as [Ranges, Ranges][])("%j gives %j", (played, whole) => {
    expect(wholeSeconds(played, 29.3)).toEqual(whole);
  });
  test("what is played further never takes a second away", () => {
    const pieces = fc.array(
      fc.tuple(fc.double({ min: 0, max: 28, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, pairs => {
        let played: Ranges = [];
        let before: Ranges = [];
        for (const [start, length] of pairs) {
          played = union(played, [[start, start + length]]);
          const whole = wholeSeconds(played, 29.3);
          expect(difference(before, whole)).toEqual([]);
          before = whole;
        }
      }),
    );
  });
});
