// The old app as the tests drive it: a line of JSON asks, a line of Extended JSON answers.
import { createInterface } from "node:readline";
import { BSON } from "mongodb";
import mongoose from "mongoose";
import { Progress } from "./model.mjs";

const { EJSON } = BSON;
const held = new Map();

/** What the old app did on a report: read, change, save the whole document; the history cut to its last ten. */
function change(document, { set = {}, push = [], cut = false }) {
  document.set(set);
  for (const entry of push) document.watchHistory.push(entry);
  if (cut) document.watchHistory = document.watchHistory.slice(-10);
  return document;
}

const find = async (key) => (await Progress.findOne(key).orFail()).$set({});

const asked = {
  create: async ({ document }) => (await Progress.create(document)).toObject(),
  read: async ({ key }) => (await find(key)).toObject(),
  save: async ({ key, ...changes }) => (await change(await find(key), changes).save()).toObject(),
  hold: async ({ key, name }) => void held.set(name, await find(key)),
  saveHeld: async ({ name, ...changes }) => (await change(held.get(name), changes).save()).toObject(),
  update: async ({ key, update }) =>
    (await Progress.findOneAndUpdate(key, update, { returnDocument: "after", runValidators: true, upsert: true }))?.toObject(),
  write: async ({ keys, writers, seconds }) => {
    const until = performance.now() + seconds * 1000;
    const told = { saves: 0, errors: {} };
    await Promise.all(Array.from({ length: writers }, (_, number) => writing(keys, number, until, told)));
    return told;
  },
};

async function writing(keys, number, until, told) {
  for (let turn = number; performance.now() < until; turn += 1) {
    const key = keys[turn % keys.length];
    const watchedDuration = (turn * 7) % 600;
    const watchedPercentage = Math.round(watchedDuration / 6);
    const set = {
      watchedDuration,
      totalDuration: 600,
      watchedPercentage,
      completionPercentage: watchedPercentage,
      isCompleted: watchedPercentage >= 90,
      lastWatchedAt: new Date(),
    };
    try {
      if (number % 2) await asked.update({ key, update: { $set: set, $inc: { watchCount: 1 } } });
      else await asked.save({ key, set, push: [{ duration: 5 }] });
      told.saves += 1;
    } catch (error) {
      told.errors[error.name] = (told.errors[error.name] ?? 0) + 1;
    }
  }
}

await mongoose.connect(process.env.MONGODB_URI, { dbName: process.env.MONGODB_DATABASE, maxPoolSize: 16 });
await Progress.init();
for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...parameters } = EJSON.parse(line);
  const answer = await asked[what](parameters).then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: error.name, message: error.message }),
  );
  console.log(EJSON.stringify(answer));
}
await mongoose.disconnect();
