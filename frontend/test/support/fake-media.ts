/** A media element as the browser behaves it: events come later as tasks, at `seeking` the time is the target's already. */

import type { MediaLike } from "../../src/sampler.ts";

export class FakeMedia extends EventTarget implements MediaLike {
  duration = 120;
  paused = true;
  seeking = false;
  ended = false;
  playbackRate = 1;
  readyState = 4;
  #time = 0;

  get currentTime(): number {
    return this.#time;
  }
  /** As a script or a learner sets it: a seek. */
  set currentTime(time: number) {
    this.#time = time;
    this.seeking = true;
    this.ended = false;
    this.fire("seeking");
  }
  fire(type: string): void {
    this.dispatchEvent(new Event(type));
  }
  finishSeek(): void {
    this.seeking = false;
    this.fire("timeupdate");
    this.fire("seeked");
    if (!this.paused) this.fire("playing");
  }
  seek(time: number): void {
    this.currentTime = time;
    this.finishSeek();
  }
  play(): void {
    this.paused = false;
    this.ended = false;
    this.fire("play");
    this.fire("playing");
  }
  pause(): void {
    this.paused = true;
    this.fire("timeupdate");
    this.fire("pause");
  }
  /** Let `seconds` of media pass in one step, and tell. */
  step(seconds: number): void {
    this.#time = Math.min(this.duration, this.#time + seconds);
    this.fire("timeupdate");
    if (this.#time < this.duration) return;
    this.paused = true;
    this.fire("pause");
    this.ended = true;
    this.fire("ended");
  }
  /** What a changed `src` does at once, before any event. */
  changeSource(): void {
    this.#time = 0;
    this.readyState = 0;
    this.paused = true;
  }
}
