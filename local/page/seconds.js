/** What has been played and not been acknowledged, in whole seconds: only ever forgets what the server has. */

const ENOUGH = 0.5; // of a second, for it to count as watched
const LONGEST_STEP = 2; // seconds of media between two looks; more is a jump, not playing

export class PlayedSeconds {
  #fractions = new Map();
  #unacknowledged = new Set();
  #last = null;

  /** Look at the playhead; `playing` says whether it came here by playing. */
  look(time, playing) {
    const from = this.#last;
    this.#last = playing ? time : null;
    if (from === null || time <= from || time - from > LONGEST_STEP) return;
    for (let second = Math.floor(from); second < time; second += 1) {
      const played = Math.min(time, second + 1) - Math.max(from, second);
      const sum = (this.#fractions.get(second) ?? 0) + played;
      this.#fractions.set(second, sum);
      if (sum >= ENOUGH) this.#count(second);
    }
  }

  #count(second) {
    this.#fractions.delete(second);
    this.#unacknowledged.add(second);
  }

  /** Half-open ranges [start, end), sorted and disjoint. */
  ranges() {
    const ranges = [];
    for (const second of [...this.#unacknowledged].sort((a, b) => a - b)) {
      const open = ranges.at(-1);
      if (open && open[1] === second) open[1] = second + 1;
      else ranges.push([second, second + 1]);
    }
    return ranges;
  }

  /** Forget the ranges that the server has. */
  acknowledge(ranges) {
    for (const [start, end] of ranges) {
      for (let second = start; second < end; second += 1) this.#unacknowledged.delete(second);
    }
  }
}
