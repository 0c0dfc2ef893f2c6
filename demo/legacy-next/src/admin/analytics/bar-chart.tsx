import type { ReactNode } from "react";
import { axisTicks, labelEvery, type Bar } from "./bars.ts";

const HEIGHT = 200;
const MARGIN = { top: 8, right: 4, bottom: 20, left: 40 };
const PLOT_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;
const BASE = MARGIN.top + PLOT_HEIGHT;
const MAX_LABELS = 13;
const GAP_SHARE = 0.28;
const MAX_BAR_WIDTH = 60;

/** About as many units as the chart is wide on a desktop in pixels: its text is then as large as other text. */
type Props = { readonly bars: readonly Bar[]; readonly label: string; readonly width: number };

/** Sent below, received on top, in one bar each. */
export function BarChart({ bars, label, width }: Props): ReactNode {
  const ticks = axisTicks(Math.max(0, ...bars.map(({ sent, received }) => sent + received)));
  const top = ticks.at(-1) ?? 1;
  const scale = (value: number): number => (value / top) * PLOT_HEIGHT;
  const slot = (width - MARGIN.left - MARGIN.right) / bars.length;
  const barWidth = Math.min(slot * (1 - GAP_SHARE), MAX_BAR_WIDTH);
  const every = labelEvery(bars.length, MAX_LABELS);
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      {ticks.map((tick) => (
        <g key={tick} className="chart-line">
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={BASE - scale(tick)} y2={BASE - scale(tick)} />
          <text x={MARGIN.left - 6} y={BASE - scale(tick)} dy="0.32em" textAnchor="end">
            {tick.toLocaleString("en")}
          </text>
        </g>
      ))}
      {bars.map((bar, index) => {
        const middle = MARGIN.left + slot * (index + 0.5);
        const [sent, received] = [scale(bar.sent), scale(bar.received)];
        return (
          <g key={bar.key} className="chart-bar">
            <title>{bar.title}</title>
            <rect className="chart-hit" x={middle - slot / 2} y={MARGIN.top} width={slot} height={PLOT_HEIGHT} />
            <rect className="chart-received" x={middle - barWidth / 2} y={BASE - sent - received} width={barWidth} height={received} />
            <rect className="chart-sent" x={middle - barWidth / 2} y={BASE - sent} width={barWidth} height={sent} />
            {index % every === 0 ? (
              <text x={middle} y={HEIGHT - 5} textAnchor="middle">
                {bar.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}
