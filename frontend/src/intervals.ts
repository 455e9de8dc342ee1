/** Ranges of a video: half-open, sorted, disjoint; the twin of the backend's algebra, and what counts as a whole second. */

export type Range = readonly [start: number, end: number];
export type Ranges = readonly Range[];

/** The seconds that are in any of the sets; ranges that touch become one. */
export function union(...sets: readonly Ranges[]): Ranges {
  const joined: [number, number][] = [];
  for (const [start, end] of sets.flat().sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (start < end) joined.push([start, end]);
  }
  return joined;
}

/** The seconds of `ranges` that are not in `taken`. */
export function difference(ranges: Ranges, taken: Ranges): Ranges {
  const left: [number, number][] = [];
  for (const [from, end] of ranges) {
    let start = from;
    for (const [takenStart, takenEnd] of taken) {
      if (takenEnd <= start || takenStart >= end) continue;
      if (takenStart > start) left.push([start, takenStart]);
      start = takenEnd;
    }
    if (start < end) left.push([start, end]);
  }
  return left;
}

/** How many seconds disjoint ranges hold. */
export function seconds(ranges: Ranges): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}

/**
 * The whole seconds of what was played: a second counts when at least half of it was.
 * Half, so that neither many short pieces nor many cuts add up to an error; monotone in `played`.
 */
export function wholeSeconds(played: Ranges, duration: number): Ranges {
  const whole: Range[] = [];
  const shares = new Map<number, number>();
  const add = (second: number, share: number) => shares.set(second, (shares.get(second) ?? 0) + share);
  for (const [start, end] of played) {
    const first = Math.ceil(start);
    const last = Math.floor(end);
    if (last < first) add(last, end - start);
    else {
      add(first - 1, first - start);
      add(last, end - last);
      whole.push([first, last]);
    }
  }
  for (const [second, share] of shares) {
    const length = Math.min(1, duration - second);
    if (share > 0 && share >= length / 2 - 1e-6) whole.push([second, second + 1]);
  }
  return union(whole.filter(([start, end]) => start < end));
}
