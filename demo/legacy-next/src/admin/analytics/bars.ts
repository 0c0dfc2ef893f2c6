import type { Analytics } from "@ipnuo/domain/analytics";
import { formatClock, formatMoment } from "../format.ts";

export type Bar = {
  readonly key: string;
  /** Under the axis, where there is room. */
  readonly label: string;
  /** For whoever points at it. */
  readonly title: string;
  readonly sent: number;
  readonly received: number;
};

export function timelineBars(timeline: Analytics["timeline"], isHourly: boolean): Bar[] {
  return timeline.map(({ iso, sent, received }) => {
    const label = isHourly ? formatClock(iso) : formatMoment(iso).slice(0, -", 00:00".length);
    return { key: iso, label, title: titleOf(isHourly ? formatMoment(iso) : label, sent, received), sent, received };
  });
}

export function hourBars(hours: Analytics["hourlyDistribution"]): Bar[] {
  return hours.map(({ hour, sent, received }) => {
    const label = String(hour).padStart(2, "0");
    return { key: label, label, title: titleOf(`${label}:00`, sent, received), sent, received };
  });
}

const titleOf = (when: string, sent: number, received: number): string => `${when}: ${sent} sent, ${received} received`;

const STEPS = [1, 2, 2.5, 5, 10] as const;
const WANTED_LINES = 4;

/** Values for the lines of an axis, from 0 up to the first round one that is not below `max`. */
export function axisTicks(max: number): number[] {
  if (max <= 0) return [0, 1];
  const rough = max / WANTED_LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, Math.round((STEPS.find((each) => each * power >= rough) ?? 10) * power));
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, index) => index * step);
}

/** Every how many bars a label fits. */
export const labelEvery = (bars: number, maxLabels: number): number => Math.max(1, Math.ceil(bars / maxLabels));
