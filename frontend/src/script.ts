/** The script tag's `Playhead`: what a page without a bundler needs. */

export { createProgressClient } from "./client.ts";
export { debugLog } from "./events.ts";
