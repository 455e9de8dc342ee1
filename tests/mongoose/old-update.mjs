// The old app's update, as section 7 of the design describes it, for bench/old_system.py: a line of JSON asks for so
// many updates of one learner's one video, one after the other, a line answers how long they took.
import { createInterface } from "node:readline";
import mongoose from "mongoose";
import { Progress } from "./model.mjs";

const { Schema } = mongoose;
const ids = [Schema.Types.ObjectId];
const User = mongoose.model("User", new Schema({ purchasedCourses: ids, role: String, status: String, tokenVersion: Number }));
const Course = mongoose.model("Course", new Schema({ title: String, videos: ids }));
const Video = mongoose.model("Video", new Schema({ title: String, duration: Number, order: Number, s3Key: String }));

const MINIMUM_MS = 30_000;
const lastUpdates = new Map();

/** The middleware: the token's user must be there, active, and of the token's version. */
async function authenticate(userId) {
  const user = await User.findById(userId);
  if (user?.status !== "active" || user.tokenVersion !== 0) throw new Error("401");
}

/** The middleware of the routes of a course. */
async function entitle(userId, courseId) {
  const user = await User.findById(userId).select("purchasedCourses");
  if (!user.purchasedCourses.some((one) => one.equals(courseId))) throw new Error("403");
}

async function update({ userId, courseId, videoId, watchedDuration, totalDuration }, now) {
  await authenticate(userId);
  await entitle(userId, courseId);
  const key = `${userId}-${videoId}`;
  if (now - (lastUpdates.get(key) ?? 0) < MINIMUM_MS) return { skipped: true };
  lastUpdates.set(key, now);
  const course = await Course.findById(courseId);
  if (!course) throw new Error("404");
  const progress = (await Progress.findOne({ userId, courseId, videoId })) ?? new Progress({ userId, courseId, videoId });
  const percentage = Math.min(100, Math.round((100 * watchedDuration) / totalDuration));
  progress.set({
    watchedDuration,
    totalDuration,
    watchedPercentage: percentage,
    completionPercentage: percentage,
    isCompleted: percentage >= 90,
    lastWatchedAt: new Date(now),
    watchCount: progress.watchCount + 1,
  });
  progress.watchHistory.push({ watchedAt: new Date(now), duration: watchedDuration });
  if (progress.watchHistory.length > 10) progress.watchHistory = progress.watchHistory.slice(-10);
  await progress.save();
  return { videoProgress: progress, courseProgress: await rollUp(userId, course) };
}

async function rollUp(userId, course) {
  const videos = await Video.find({ _id: { $in: course.videos } });
  const begun = await Progress.find({ userId, courseId: course._id });
  const sum = begun.reduce((total, one) => total + one.completionPercentage, 0);
  return { totalVideos: videos.length, courseProgressPercentage: Math.round(sum / videos.length) };
}

let clock = Date.now();
await mongoose.connect(process.env.MONGODB_URI, { dbName: process.env.MONGODB_DATABASE, autoIndex: false });
for await (const line of createInterface({ input: process.stdin })) {
  const { count, accepted, body } = JSON.parse(line);
  let skipped = 0;
  const started = performance.now();
  for (let number = 1; number <= count; number += 1) {
    if (accepted) clock += 2 * MINIMUM_MS;
    const watchedDuration = accepted ? (number * 7) % (0.8 * body.totalDuration) : 7;
    const answer = await update({ ...body, watchedDuration }, clock);
    if (answer.skipped) skipped += 1;
  }
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, skipped }));
}
await mongoose.disconnect();
