"use client";

import type { Analytics } from "@ipnuo/domain/analytics";
import { useCallback, useState, type ReactNode } from "react";
import { fetchAnalytics } from "../api.ts";
import { Notice } from "../notice.tsx";
import { SessionSelect } from "../session-select.tsx";
import { useResource } from "../use-resource.ts";
import { useSessions } from "../use-sessions.ts";
import { BarChart } from "./bar-chart.tsx";
import { Figures } from "./figures.tsx";
import { StatusBreakdown } from "./status-breakdown.tsx";
import { hourBars, timelineBars } from "./bars.ts";

const RANGES = [
  { value: "24h", label: "24 hours" },
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "90d", label: "90 days" },
] as const;

const REFRESH_MS = 30_000;

const WIDE = 1_160;
const NARROW = 560;

export function AnalyticsScreen(): ReactNode {
  const sessions = useSessions();
  const [timeRange, setTimeRange] = useState<string>("7d");
  const sessionId = sessions.session?.sessionId;
  const load = useCallback((signal: AbortSignal) => fetchAnalytics({ sessionId: sessionId ?? "", timeRange }, signal), [sessionId, timeRange]);
  const report = useResource({ key: sessionId === undefined ? undefined : `${sessionId} ${timeRange}`, load, everyMs: REFRESH_MS });
  return (
    <main className="screen" data-testid="analytics-screen">
      <div className="screen-bar">
        <SessionSelect {...sessions} />
        <fieldset className="segments">
          <legend className="hidden">Period</legend>
          {RANGES.map(({ value, label }) => (
            <label key={value} className="segment">
              <input type="radio" name="timeRange" value={value} checked={value === timeRange} onChange={() => setTimeRange(value)} />
              {label}
            </label>
          ))}
        </fieldset>
      </div>
      <Notice resource={{ data: report.data, error: report.error ?? sessions.list.error }} isEmpty={false} emptyText="" />
      {report.data === undefined ? null : <Report report={report.data} />}
    </main>
  );
}

function Report({ report }: { readonly report: Analytics }): ReactNode {
  const isHourly = report.timeRange === "24h";
  return (
    <>
      <Figures report={report} />
      <div className="charts">
        <section className="chart-card chart-card-wide" aria-label="Timeline">
          <ChartHead title={isHourly ? "Messages per hour" : "Messages per day"} hasLegend />
          <BarChart bars={timelineBars(report.timeline, isHourly)} label="Messages over time" width={WIDE} />
        </section>
        <section className="chart-card" aria-label="Hours of the day">
          <ChartHead title="Hours of the day" note={peakOf(report)} />
          <BarChart bars={hourBars(report.hourlyDistribution)} label="Messages by hour of the day, UTC" width={NARROW} />
        </section>
        <section className="chart-card" aria-label="Status">
          <ChartHead title="Status of the messages" />
          <StatusBreakdown items={report.statusBreakdown} />
        </section>
      </div>
    </>
  );
}

type HeadProps = { readonly title: string; readonly note?: string; readonly hasLegend?: boolean };

function ChartHead({ title, note, hasLegend = false }: HeadProps): ReactNode {
  return (
    <header className="chart-head">
      <h2>{title}</h2>
      <span className="spacer" />
      {note === undefined ? null : <span className="muted">{note}</span>}
      {hasLegend ? (
        <>
          <span className="legend legend-sent">Sent</span>
          <span className="legend legend-received">Received</span>
        </>
      ) : null}
    </header>
  );
}

function peakOf({ peakHour, peakHourVolume }: Analytics): string {
  return peakHour === null ? "No messages" : `Most at ${String(peakHour).padStart(2, "0")}:00 UTC, ${peakHourVolume.toLocaleString("en")} messages`;
}
