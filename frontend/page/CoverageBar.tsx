/** Coverage: which parts of the video were really watched, and which of them are not saved yet. */

import type { Ranges } from "../src/index.ts";

interface Props {
  duration: number;
  saved: Ranges;
  unsaved: Ranges;
  position: number;
  percent: number;
}

export function CoverageBar({ duration, saved, unsaved, position, percent }: Props) {
  const share = (seconds: number) => `${Math.min(100, (100 * seconds) / Math.max(1, duration))}%`;
  const piece =
    (kind: string) =>
    ([start, end]: Ranges[number]) => (
      <span
        key={`${kind}${start}`}
        className={kind}
        style={{ left: share(start), width: share(end - start) }}
      />
    );
  return (
    <div className="coverage">
      <div className="coverage-track" role="img" aria-label={`${percent} percent of this video watched`}>
        {saved.map(piece("saved"))}
        {unsaved.map(piece("unsaved"))}
        {position > 0 && <span className="coverage-head" style={{ left: share(position) }} />}
      </div>
      <div className="coverage-key" aria-hidden="true">
        <span className="key-saved">Watched</span>
        {unsaved.length > 0 && <span className="key-unsaved">Not saved yet</span>}
        <strong>{percent} %</strong>
      </div>
    </div>
  );
}
