// The old app's model: the fields of docs and design, as an Express/Mongoose app of its kind declares them.
// Strict mode is the default: `playback`, and whatever else is not declared here, must survive it all the same.
import mongoose from "mongoose";

const { Schema } = mongoose;
const seconds = { type: Number, default: 0, min: 0 };
const percentage = { type: Number, default: 0, min: 0, max: 100 };
const reference = (ref) => ({ type: Schema.Types.ObjectId, ref, required: true });

const viewing = new Schema({
  watchedAt: { type: Date, required: true, default: Date.now },
  duration: { type: Number, required: true, default: 0 },
});

const progress = new Schema(
  {
    userId: reference("User"),
    courseId: reference("Course"),
    videoId: reference("Video"),
    watchedDuration: seconds,
    totalDuration: seconds,
    watchedPercentage: percentage,
    completionPercentage: percentage,
    isCompleted: { type: Boolean, default: false },
    firstWatchedAt: { type: Date, default: Date.now },
    lastWatchedAt: { type: Date, default: Date.now },
    completedAt: Date,
    watchHistory: [viewing],
    watchCount: { type: Number, default: 0 },
    averageWatchTime: { type: Number, default: 0 },
  },
  { timestamps: true, collection: "progresses" },
);
progress.index({ userId: 1, courseId: 1, videoId: 1 }, { unique: true });

export const Progress = mongoose.model("Progress", progress);
