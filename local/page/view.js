/** Shows what is saved and what each save became; knows the page's elements and nothing of the network. */

const MOST_SAVES = 8;
const REASONS = { start: "from the start", continue: "continues at", finished: "from the start: you have seen it all" };
const element = (id) => document.getElementById(id);

/** Seconds as m:ss. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** One button for each choice, in a list or a group; `choose` gets its id. */
export function showChoices(id, choices, chosen, choose) {
  const buttons = choices.map((choice) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(choice.id === chosen));
    button.append(...choice.parts.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    button.addEventListener("click", () => choose(choice.id));
    return button;
  });
  const list = element(id).tagName === "OL";
  element(id).replaceChildren(...buttons.map((button) => (list ? wrap("li", button) : button)));
}

/** What the server has. */
export function showProgress(progress) {
  element("percentage").textContent = `${progress.watchedPercentage}%`;
  element("position").textContent = clock(progress.position);
  element("watched").textContent = `${progress.watchedSeconds} s in ${plural(progress.watched.length, "part")}`;
  element("furthest").textContent = clock(progress.furthest);
  element("count").textContent = progress.watchCount;
  element("resume").textContent = resumeText(progress.resume);
  element("status").textContent = statusText(progress);
  element("status").classList.toggle("done", progress.completed);
}

/** The bar under the player: saved parts, parts not saved yet, the saved position. */
export function showCoverage(progress, unsaved, duration) {
  const part = (kind) => (range) => place(kind, range.start ?? range[0], range.end ?? range[1], duration);
  element("ranges").replaceChildren(...progress.watched.map(part("saved")), ...unsaved.map(part("unsaved")));
  element("marker").hidden = !progress.lastWatchedAt;
  element("marker").style.left = `${(100 * progress.position) / duration}%`;
}

/** One more line in the list of saves. */
export function showSave({ event, position, outcome, retryAfterMs, reason, error }) {
  const why = retryAfterMs ? `again in ${(retryAfterMs / 1000).toFixed(1)} s` : (reason ?? error?.detail ?? "");
  const line = document.createElement("li");
  line.className = outcome;
  line.append(...[event, clock(position), outcome].map((text) => wrap("span", text)));
  if (why) line.append(wrap("small", why));
  document.querySelector("#saves .empty")?.remove();
  element("saves").prepend(line);
  while (element("saves").children.length > MOST_SAVES) element("saves").lastChild.remove();
}

/** How long until the next routine save. */
export function showNext(milliseconds, playing) {
  const known = playing && Number.isFinite(milliseconds);
  element("next").textContent = known ? `next in ${Math.max(0, Math.ceil(milliseconds / 1000))} s` : "";
}

function resumeText({ position, reason }) {
  return position > 0 ? `${REASONS[reason] ?? reason} ${clock(position)}` : (REASONS[reason] ?? reason);
}

function statusText({ completed, lastWatchedAt }) {
  if (!lastWatchedAt) return "Nothing saved yet";
  const when = new Date(lastWatchedAt).toLocaleTimeString();
  return completed ? `Completed · last saved at ${when}` : `Last saved at ${when}`;
}

function place(kind, start, end, duration) {
  const part = document.createElement("i");
  part.className = kind;
  part.style.left = `${(100 * start) / duration}%`;
  part.style.width = `${(100 * (end - start)) / duration}%`;
  return part;
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function wrap(tag, content) {
  const made = document.createElement(tag);
  made.append(content);
  return made;
}
