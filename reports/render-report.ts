import { renderHtml, type ReportPage } from "./render-html.ts";
import { renderJunit } from "./render-junit.ts";
import { renderMarkdown } from "./render-markdown.ts";

export const REPORT_FORMATS = ["html", "json", "md", "junit"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export function isReportFormat(text: string): text is ReportFormat {
  return (REPORT_FORMATS as readonly string[]).includes(text);
}

export function renderReport(page: ReportPage, format: ReportFormat): string {
  switch (format) {
    case "html":
      return renderHtml(page);
    case "json":
      return `${JSON.stringify(page.report, null, 2)}\n`;
    case "md":
      return renderMarkdown(page.report);
    case "junit":
      return renderJunit(page.report);
  }
}
