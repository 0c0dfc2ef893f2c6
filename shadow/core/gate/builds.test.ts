import { expect, it } from "vitest";
import { buildsOf } from "./builds.ts";

const row = (dimension: string, value: string, count: number, minute: string) => ({
  endpoint: "contacts.list",
  dimension,
  value,
  count,
  last: new Date(`2026-11-02T10:${minute}:00.000Z`),
});

it("adds up a build over the endpoints of a family, the newest first", () => {
  const rows = [
    row("build:nest", "v1", 5, "00"),
    row("build:nest", "v2", 1, "07"),
    { ...row("build:nest", "v1", 2, "03"), endpoint: "contacts.lock" },
    row("build:legacy", "old", 8, "05"),
    row("status", "200", 8, "05"),
  ];
  expect(buildsOf(rows)).toEqual({
    legacy: [{ id: "old", comparisons: 8, lastSeen: "2026-11-02T10:05:00.000Z" }],
    nest: [
      { id: "v2", comparisons: 1, lastSeen: "2026-11-02T10:07:00.000Z" },
      { id: "v1", comparisons: 7, lastSeen: "2026-11-02T10:03:00.000Z" },
    ],
  });
});

it("knows none where no header names one", () => {
  expect(buildsOf([row("status", "200", 8, "05")])).toEqual({ legacy: [], nest: [] });
});
