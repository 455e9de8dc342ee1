/** The page: a learner, a video, a player that goes on where it stopped, and a look at what is saved. */

import { readProgress, readSettings, sendReports, signIn } from "/page/api.js";
import { Reporter } from "/page/reporter.js";
import { clock, showChoices, showCoverage, showNext, showProgress, showSave } from "/page/view.js";

const video = document.getElementById("video");
const settings = await readSettings();
const chosen = fromAddress();
let progress;
let reporter;

/** What was chosen stands in the address, so that a reload, or a second tab, shows the same. */
function fromAddress() {
  const named = new URLSearchParams(location.hash.slice(1));
  const known = (list, id) => (list.find((one) => one.id === id) ?? list[0]).id;
  return { learner: known(settings.learners, named.get("learner")), video: known(settings.videos, named.get("video")) };
}

async function choose(change) {
  reporter?.close();
  delete document.documentElement.dataset.ready;
  Object.assign(chosen, change);
  history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
  showEverythingToChoose();
  await signIn(chosen.learner);
  await open(settings.videos.find((one) => one.id === chosen.video));
}

async function open({ id, source, duration }) {
  const key = { courseId: settings.course.id, videoId: id };
  video.pause();
  progress = await readProgress(key);
  showProgress(progress);
  showCoverage(progress, [], duration);
  video.src = source;
  video.addEventListener("loadedmetadata", () => (video.currentTime = progress.resume.position), { once: true });
  reporter = new Reporter(video, key, sendReports, saved);
  document.documentElement.dataset.ready = id;
}

function saved(result) {
  showSave(result);
  if (result.progress?.videoId !== chosen.video) return;
  progress = result.progress;
  showProgress(progress);
  look();
}

function look() {
  if (!reporter) return;
  showCoverage(progress, reporter.unsaved, video.duration || 1);
  showNext(reporter.nextAt - Date.now(), !video.paused);
}

function showEverythingToChoose() {
  const learners = settings.learners.map(({ id, name }) => ({ id, parts: [name] }));
  const videos = settings.videos.map(({ id, title, duration }) => ({ id, parts: [title, clock(duration)] }));
  showChoices("learners", learners, chosen.learner, (learner) => choose({ learner }));
  showChoices("videos", videos, chosen.video, (id) => choose({ video: id }));
}

for (const event of ["timeupdate", "seeked", "pause", "playing"]) video.addEventListener(event, look);
document.getElementById("course").textContent = settings.course.title;
await choose({});
