/** Reports one viewing of one video: routine saves when the server says so, the others at once, nothing lost between. */

import { PlayedSeconds } from "/page/seconds.js";

const ACKNOWLEDGED = new Set(["applied", "queued", "rejected"]);
const FIRST_MS = 2000; // after playing began
const RETRY_MS = 5000; // after no answer, or one that promises nothing
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: the time in ms, then 80 random bits. */
export function makeSession(now = Date.now(), random = crypto.getRandomValues(new Uint8Array(16))) {
  let time = "";
  for (let rest = now; time.length < 10; rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  return time + Array.from(random, (byte) => ALPHABET[byte % 32]).join("");
}

export class Reporter {
  #video;
  #key;
  #send;
  #tell;
  #session = makeSession();
  #seq = 0;
  #played = new PlayedSeconds();
  #started = false;
  #nextAt = Infinity;
  #retry = 0;
  #lastSent = "";
  #listening = new AbortController();

  /** `send(body, keepalive)` gives the answer's JSON; `tell({event, position, outcome, ...})` hears of each save. */
  constructor(video, key, send, tell) {
    [this.#video, this.#key, this.#send, this.#tell] = [video, key, send, tell];
    this.#listen(video, "playing", () => this.#start());
    this.#listen(video, "timeupdate", () => this.#tick());
    this.#listen(video, "seeking", () => this.#played.look(video.currentTime, false));
    this.#listen(video, "pause", () => video.ended || this.#save("pause"));
    this.#listen(video, "seeked", () => this.#save("seeked"));
    this.#listen(video, "ended", () => this.#save("ended"));
    this.#listen(document, "visibilitychange", () => document.hidden && this.#save("visibilitychange"));
    this.#listen(window, "pagehide", () => this.#save("pagehide"));
  }

  /** What has been played and is not known to be saved. */
  get unsaved() {
    return this.#played.ranges();
  }

  /** When the next routine save is due, in ms since the epoch; Infinity before playing began. */
  get nextAt() {
    return this.#nextAt;
  }

  /** Save what there is, and listen no more. */
  close() {
    this.#save("pause");
    clearTimeout(this.#retry);
    this.#listening.abort();
  }

  #listen(target, event, listener) {
    target.addEventListener(event, listener, { signal: this.#listening.signal });
  }

  #start() {
    if (!this.#started) this.#nextAt = Date.now() + FIRST_MS;
    this.#started = true;
    this.#look();
  }

  #look() {
    const { currentTime, seeking } = this.#video;
    this.#played.look(currentTime, !seeking);
  }

  #tick() {
    this.#look();
    if (Date.now() >= this.#nextAt && !this.#video.paused) this.#save("timeupdate");
  }

  // Nothing is sent before playing began (a zero must never replace a good position), and nothing twice: on leaving,
  // pagehide and visibilitychange both come.
  async #save(event, report = this.#report(event)) {
    const said = JSON.stringify([report.position, report.watched]);
    if (!this.#started || said === this.#lastSent) return;
    this.#lastSent = said;
    this.#nextAt = Date.now() + RETRY_MS;
    clearTimeout(this.#retry);
    report.seq = this.#seq += 1;
    try {
      const { results, nextUpdateMs } = await this.#send({ sentAt: Date.now(), reports: [report] }, event !== "timeupdate");
      this.#answered(event, report, results[0], nextUpdateMs);
    } catch (error) {
      this.#again(event, report, RETRY_MS);
      this.#tell({ event, position: report.position, outcome: "failed", reason: error.message });
    }
  }

  #report(event) {
    this.#look();
    const { currentTime, duration, playbackRate } = this.#video;
    const position = Math.round(currentTime * 1000) / 1000;
    const watched = this.#played.ranges();
    return { ...this.#key, event, position, duration, watched, session: this.#session, at: Date.now(), playbackRate };
  }

  #answered(event, report, result, nextUpdateMs) {
    if (ACKNOWLEDGED.has(result.outcome)) {
      this.#played.acknowledge(report.watched);
      this.#nextAt = Date.now() + nextUpdateMs;
    } else {
      this.#again(event, report, result.retryAfterMs ?? RETRY_MS);
    }
    this.#tell({ ...result, event, position: report.position });
  }

  // A routine save simply comes later; the others must not wait for playing to go on. Once closed, the player may show
  // another video already, so what was reported is reported again as it was.
  #again(event, report, delayMs) {
    this.#lastSent = "";
    this.#nextAt = Date.now() + delayMs;
    const last = this.#listening.signal.aborted ? report : undefined;
    if (last || event !== "timeupdate") this.#retry = setTimeout(() => this.#save(event, last), delayMs);
  }
}
