/** Playhead's API and this stack's own addresses; every answer is read to its end, else keepalive requests run out. */

let token = "";

/** Become this learner. */
export async function signIn(learner) {
  token = (await json(`/local/token?sub=${encodeURIComponent(learner)}`)).token;
}

/** The course, its videos and the learners to choose from. */
export function readSettings() {
  return json("/local/settings");
}

/** The stored progress of one video. */
export function readProgress({ courseId, videoId }) {
  return json(`/v1/courses/${courseId}/videos/${videoId}/progress`, { headers: { authorization: `Bearer ${token}` } });
}

/** Send reports; `keepalive` lets the request outlive the page. */
export function sendReports(body, keepalive) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return json("/v1/progress", { method: "POST", headers, keepalive, body: JSON.stringify(body) });
}

async function json(address, options) {
  const answer = await fetch(address, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? body.message ?? `the server answered ${answer.status}`);
  return body;
}
