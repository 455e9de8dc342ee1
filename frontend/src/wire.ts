/** The wire, as our OpenAPI describes it; nothing here is written by hand. */

import type { components } from "./api.gen.ts";

type Schemas = components["schemas"];
export type ReportBody = Schemas["ReportBody"];
export type ReportRequest = Schemas["ReportRequest"];
export type ReportAnswer = Schemas["ReportAnswer"];
export type Result = Schemas["ResultBody"];
export type Outcome = Schemas["Outcome"];
export type ReportEvent = Schemas["Event"];
export type Progress = Schemas["ProgressBody"];
export type ResumeReason = Schemas["Reason"];
export type Problem = Schemas["Problem"];
