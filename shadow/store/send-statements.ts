/** The statements of the send ledger. Clocks are the database's; `$n` in milliseconds where a time is meant. */

const statement = (name: string, text: string): { readonly name: string; readonly text: string } => ({ name: `send-${name}`, text });

const epochMs = (expression: string): string => `(extract(epoch from ${expression}) * 1000)::float8`;
const inMs = (parameter: string): string => `now() + make_interval(secs => ${parameter}::float8 / 1000)`;
const ROW = `id, state, owner, attempt, "requestId", fingerprint, "keyId", "sealedKey", answer,
  ${epochMs('"leaseUntil"')} as "leaseUntilMs", ${epochMs('"freeAt"')} as "freeAtMs", ${epochMs("now()")} as "nowMs"`;

/** An unknown send is never written over: somebody still has to settle it. */
export const BEGIN = statement(
  "begin",
  `with taken as (
    insert into parallax.sends as held (id, slot, "requestId", tenant, "user", endpoint, family, owner, fingerprint, "keyId", "sealedKey", "isWindow", state, attempt, "startedAt", "leaseUntil")
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'in-flight', 1, now(), ${inMs("$13")})
    on conflict (slot) do update set
      id = excluded.id, "requestId" = excluded."requestId", tenant = excluded.tenant, "user" = excluded."user", endpoint = excluded.endpoint,
      family = excluded.family, owner = excluded.owner, fingerprint = excluded.fingerprint, "keyId" = excluded."keyId",
      "sealedKey" = excluded."sealedKey", "isWindow" = excluded."isWindow", state = 'in-flight', attempt = 1, "startedAt" = now(),
      "leaseUntil" = excluded."leaseUntil", "settledAt" = null, "freeAt" = null, answer = null, "lastStatus" = null, "lastError" = null,
      "resolvedBy" = null, reason = null
    where held."freeAt" <= now() and held.state in ('completed', 'released')
    returning ${ROW})
  select true as "isTaken", taken.* from taken
  union all select false, ${ROW} from parallax.sends where slot = $2 and not exists (select 1 from taken)`,
);

export const FIND = statement("find", `select ${ROW} from parallax.sends where id = $1`);

export const CLAIM = statement(
  "claim",
  `update parallax.sends set state = 'in-flight', attempt = attempt + 1, "leaseUntil" = ${inMs("$3")}, "freeAt" = null
  where id = $1 and attempt = $2 and (state = 'unknown' or (state = 'in-flight' and "leaseUntil" <= now())) returning attempt`,
);

export const PUT_ASIDE = statement(
  "put-aside",
  `update parallax.sends set slot = id, "freeAt" = null, state = 'unknown' where id = $1 and state in ('unknown', 'in-flight') and "freeAt" <= now()`,
);

export const COMPLETE = statement(
  "complete",
  `update parallax.sends set state = 'completed', "settledAt" = now(), "freeAt" = ${inMs("$2")}, "lastStatus" = coalesce($3, "lastStatus"),
    "lastError" = $4, answer = coalesce(answer, $5), fingerprint = coalesce(fingerprint, $6)
  where id = $1 and (state <> 'completed' or answer is null)`,
);

export const SETTLE = statement(
  "settle",
  `update parallax.sends set state = $3, "settledAt" = now(), "freeAt" = ${inMs("$4")}, "lastStatus" = coalesce($5, "lastStatus"), "lastError" = $6,
    fingerprint = coalesce(fingerprint, $7)
  where id = $1 and attempt = $2 and state in ('in-flight', 'unknown')`,
);

export const DELIVER = statement(
  "deliver",
  `update parallax.sends set "freeAt" = now() - interval '1 ms' where id = $1 and "isWindow" and state = 'completed'`,
);

export const BEAT = statement("beat", `update parallax.sends set "leaseUntil" = ${inMs("$2")} where id = any($1::text[]) and state = 'in-flight'`);

export const SWEEP = statement(
  "sweep",
  `update parallax.sends set state = 'unknown', "settledAt" = now(), "lastError" = 'the proxy that held it is gone',
    "freeAt" = case when "isWindow" then ${inMs("$1")} end
  where state = 'in-flight' and "leaseUntil" <= now() returning id`,
);
