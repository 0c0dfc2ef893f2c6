/** The environment of the legacy app: read once, checked at start (instrumentation.ts), never read anywhere else. */
export type Env = {
  readonly databaseUrl: string;
  /** Key of the HS256 user tokens, shared with Nest. */
  readonly authSecret: string;
  /** Origins other than our own that may call the API from a browser. */
  readonly allowedOrigins: readonly string[];
  /** The demo's sign-in page: whoever reaches it can be any user. */
  readonly isSignInEnabled: boolean;
};

export type EnvSource = Readonly<Record<string, string | undefined>>;

const MIN_SECRET_CHARACTERS = 16;

/** One message for all that is wrong: nobody should have to start the app five times to find five problems. */
export class EnvError extends Error {
  override readonly name = "EnvError";
  constructor(problems: readonly string[]) {
    super(`legacy-next cannot start: ${problems.join("; ")}`);
  }
}

/** Throws `EnvError`. An empty variable counts as absent; values are not repeated where they may hold a secret. */
export function parseEnv(source: EnvSource): Env {
  const problems: string[] = [];
  const read = (name: string): string | undefined => (source[name] === "" ? undefined : source[name]);

  const databaseUrl = read("DATABASE_URL");
  if (databaseUrl === undefined) problems.push("DATABASE_URL is required (a postgresql:// URL)");
  else if (!isUrl(databaseUrl, ["postgresql:", "postgres:"])) problems.push("DATABASE_URL: expected a postgresql:// URL");

  const authSecret = read("AUTH_SECRET");
  if (authSecret === undefined) problems.push(`AUTH_SECRET is required (at least ${MIN_SECRET_CHARACTERS} characters)`);
  else if (authSecret.length < MIN_SECRET_CHARACTERS) problems.push(`AUTH_SECRET: expected at least ${MIN_SECRET_CHARACTERS} characters`);

  const allowedOrigins = (read("ALLOWED_ORIGINS") ?? "")
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== "");
  const badOrigins = allowedOrigins.filter((origin) => !isOrigin(origin));
  if (badOrigins.length > 0) problems.push(`ALLOWED_ORIGINS: not an origin like https://admin.example: ${badOrigins.join(", ")}`);

  const signIn = read("DEMO_SIGN_IN") ?? "false";
  if (signIn !== "true" && signIn !== "false") problems.push("DEMO_SIGN_IN: expected true or false");

  // Fixed when Next builds; a bad value at start still shows that the build and the deployment disagree.
  const apiBaseUrl = read("NEXT_PUBLIC_WHATSAPP_API_BASE_URL");
  if (apiBaseUrl !== undefined && !isUrl(apiBaseUrl, ["http:", "https:"])) {
    problems.push(`NEXT_PUBLIC_WHATSAPP_API_BASE_URL: expected an http:// or https:// URL, got "${apiBaseUrl}"`);
  }

  if (problems.length > 0 || databaseUrl === undefined || authSecret === undefined) throw new EnvError(problems);
  return { databaseUrl, authSecret, allowedOrigins, isSignInEnabled: signIn === "true" };
}

let cached: Env | undefined;

/** Lazily, because `next build` loads every route without an environment. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function isOrigin(text: string): boolean {
  return isUrl(text, ["http:", "https:"]) && new URL(text).origin === text;
}
