import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A file of the documentation page, ready to be sent. */
export type DocsFile = { readonly type: string; readonly body: Buffer };

const DOCS_PATH = "/api/docs";
export const DOCUMENT_PATH = "/api/openapi.json";

const STYLE = "swagger-ui.css";
const BUNDLE = "swagger-ui-bundle.js";
const ICON = "favicon-32x32.png";
const START = "start.js";

/** Everything comes from this server, and scripts only from files: the page works offline and runs nothing inlined. */
export const DOCS_CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>WhatsApp admin API</title>
<link rel="icon" href="${DOCS_PATH}/${ICON}"><link rel="stylesheet" href="${DOCS_PATH}/${STYLE}"></head>
<body><div id="docs"></div><script src="${DOCS_PATH}/${BUNDLE}"></script><script src="${DOCS_PATH}/${START}"></script></body>
</html>
`;

const START_SCRIPT = `SwaggerUIBundle({ url: "${DOCUMENT_PATH}", dom_id: "#docs", validatorUrl: null, deepLinking: true });\n`;

/** The page and its files by path; Swagger UI's own are read once from its package. */
export function loadDocsFiles(): ReadonlyMap<string, DocsFile> {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const fromPackage = (name: string, type: string): [string, DocsFile] => [`${DOCS_PATH}/${name}`, { type, body: readFileSync(join(folder, name)) }];
  return new Map<string, DocsFile>([
    [DOCS_PATH, { type: "text/html; charset=utf-8", body: Buffer.from(PAGE) }],
    [`${DOCS_PATH}/${START}`, { type: "text/javascript; charset=utf-8", body: Buffer.from(START_SCRIPT) }],
    fromPackage(STYLE, "text/css; charset=utf-8"),
    fromPackage(BUNDLE, "text/javascript; charset=utf-8"),
    fromPackage(ICON, "image/png"),
  ]);
}

/** The paths that are served, for the routes. */
export const DOCS_PATHS: readonly string[] = [DOCS_PATH, ...[START, STYLE, BUNDLE, ICON].map((name) => `${DOCS_PATH}/${name}`)];
