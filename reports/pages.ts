import type { Report } from "../shadow/core/summary/report.ts";
import { renderEmissionsHtml } from "./emissions.ts";
import { formatSelfTest } from "./format.ts";
import { html, Markup } from "./html.ts";
import { renderDocument, renderDrifts, renderEndpoints, renderFigures, renderSends } from "./render-html.ts";

const REFRESH_S = 5;

/** The pages of the ops port. */
export const summaryPages = { summary: renderSummaryPage, signIn: renderSignInPage };

function renderSummaryPage(report: Report): string {
  const body = html`<h1>Parallax</h1>
    <p>
      Since ${report.since}; as of ${report.generatedAt}, refreshed every ${REFRESH_S} s. The same as JSON: <a href="/api/summary">/api/summary</a>
    </p>
    ${selfTestLine(report)} ${renderFigures(report)} ${renderSends(report)} ${renderEndpoints(report.endpoints)}
    ${renderEmissionsHtml(report.emissions)} ${renderDrifts(report.drifts, undefined)}`;
  return renderDocument("Summary", body, html`<meta http-equiv="refresh" content="${REFRESH_S}" />`);
}

/** Whether the detector would see drift if there was any. */
function selfTestLine({ selfTest, generatedAt }: Report): Markup {
  if (selfTest === null) return html`<p>The detector was not tested yet.</p>`;
  const text = `last self-test: ${formatSelfTest(selfTest, Date.parse(generatedAt))}`;
  return selfTest.missed.length === 0 ? html`<p>${text}</p>` : html`<p><span class="tag fail">${text}</span></p>`;
}

/** Asks for the ops token; takes it from the address (`/#token=…`, which no server sees) when a link brings it. */
function renderSignInPage(): string {
  const body = html`<h1>Parallax</h1>
    <p>Sign in with an ops token: a secret of PARALLAX_OPS_TOKENS, or the one in the file that was named at start.</p>
    <form>
      <input type="password" name="token" aria-label="ops token" autocomplete="off" required autofocus /><button>Sign in</button>
      <p role="alert"></p>
    </form>
    <script>
      ${new Markup(SIGN_IN_SCRIPT)};
    </script>`;
  return renderDocument("Sign in", body);
}

const SIGN_IN_SCRIPT = `
const form = document.querySelector("form");
async function signIn(token) {
  const answer = await fetch("/sign-in", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token }) });
  if (answer.ok) { history.replaceState(null, "", location.pathname); location.reload(); }
  else form.querySelector("[role=alert]").textContent = (await answer.json()).error;
}
form.addEventListener("submit", (event) => { event.preventDefault(); void signIn(new FormData(form).get("token")); });
const linked = /^#token=(.+)$/.exec(location.hash);
if (linked) void signIn(decodeURIComponent(linked[1]));
`;
