import { describe, expect, it } from "vitest";
import { RouteTable } from "./route-table.ts";

function tableOf(...routes: readonly [string, string][]): RouteTable {
  const table = new RouteTable();
  for (const [method, path] of routes) table.add(method, path);
  return table;
}

describe("the route table", () => {
  it("knows the methods of a path, sorted, OPTIONS with them", () => {
    const table = tableOf(["POST", "/a"], ["GET", "/a"], ["HEAD", "/a"]);
    expect(table.methodsOf("/a")).toEqual(["GET", "HEAD", "OPTIONS", "POST"]);
  });

  it("knows no methods of a path nobody serves", () => {
    const table = tableOf(["GET", "/a.b"], ["GET", "/a/:id"]);
    for (const path of ["/", "/a", "/a/", "/a/1/2", "/aXb", "/A.b", "/a.b/"]) expect(table.methodsOf(path)).toEqual([]);
  });

  it("takes a path that is served by its own name for no parameter of another one", () => {
    const table = tableOf(["GET", "/requests/pending"], ["DELETE", "/requests/:requestId"]);
    expect(table.methodsOf("/requests/pending")).toEqual(["GET", "OPTIONS"]);
    expect(table.methodsOf("/requests/%2F")).toEqual(["DELETE", "OPTIONS"]);
  });
});
