import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs, verdict } from "../../src/policy.ts";

describe("what a status means", () => {
  test.each([
    [200, false, "answered"],
    [202, false, "answered"],
    [400, true, "answered"],
    [403, true, "answered"],
    [400, false, "refused"],
    [404, false, "refused"],
    [413, false, "refused"],
    [415, false, "refused"],
    [401, false, "auth"],
    [403, false, "auth"],
    [408, false, "retry"],
    [425, false, "retry"],
    [429, false, "retry"],
    [500, false, "retry"],
    [502, false, "retry"],
    [503, false, "retry"],
  ] as const)("%i, results %s: %s", (status, hasResults, meaning) => {
    expect(verdict(status, hasResults)).toBe(meaning);
  });
});

describe("backoff", () => {
  const rules = { baseMs: 1000, maxMs: 60_000 };
  test("full jitter under a ceiling that doubles up to its most", () => {
    expect(backoffMs(0, rules, () => 0.5)).toBe(500);
    expect(backoffMs(3, rules, () => 0.5)).toBe(4000);
    expect(backoffMs(40, rules, () => 1)).toBe(60_000);
    expect(backoffMs(5, rules, () => 0)).toBe(0);
  });
  test("Retry-After is a floor, in seconds or as a date", () => {
    expect(backoffMs(0, rules, () => 0, retryAfterMs("7", 0))).toBe(7000);
    expect(retryAfterMs(new Date(9000).toUTCString(), 4000)).toBe(5000);
    expect(retryAfterMs(null, 0)).toBe(0);
    expect(retryAfterMs("soon", 0)).toBe(0);
  });
});
