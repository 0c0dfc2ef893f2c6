/** The first column to the left, figures to the right. */
export type Table = { readonly title: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** As text for a terminal. */
export function renderText({ title, head, rows }: Table): string {
  const widths = widthsOf({ title, head, rows });
  const lines = [head, ...rows].map((row) => padRow(row, widths).join("  "));
  return `${title}\n${lines.join("\n")}\n`;
}

/** As Markdown, in the form the formatter leaves alone. */
export function renderMarkdown({ title, head, rows }: Table): string {
  const widths = widthsOf({ title, head, rows }).map((width) => Math.max(width, 4));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return `${title}:\n\n${[line(padRow(head, widths)), line(rule), ...rows.map((row) => line(padRow(row, widths)))].join("\n")}\n`;
}

function widthsOf({ head, rows }: Table): number[] {
  return head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
}

function padRow(row: readonly string[], widths: readonly number[]): string[] {
  return widths.map((width, column) => (column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width)));
}
