import { remoteMedia, type RemoteMedia } from "./remote-media.ts";

/** The part of the worker's database that is needed here. */
export type MediaQueries = {
  readonly query: <Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
};

export type PendingMedia = { readonly messageId: string; readonly remote: RemoteMedia; readonly isOld: boolean };

type PendingRow = { readonly messageId: string; readonly remote: unknown; readonly isOld: boolean };

/** Older messages' senders are not asked to upload again. */
const OLD_DAYS = 7;

/** Media of a session that nobody has fetched yet, the newest first. Rows without what is needed to fetch them are not seen. */
export async function findPendingMedia(database: MediaQueries, sessionId: string, limit: number): Promise<PendingMedia[]> {
  const rows = await database.query<PendingRow>(
    `select m."messageId", f.remote, m.timestamp < (now() at time zone 'utc') - interval '${OLD_DAYS} days' as "isOld"
     from whatsapp_media f join whatsapp_messages m on m.id = f."messageRowId"
     where m."sessionId" = $1 and f.state = 'PENDING' and f.remote is not null
     order by m.timestamp desc limit $2`,
    [sessionId, limit],
  );
  return rows.flatMap(({ messageId, remote, isOld }) => {
    const parsed = remoteMedia.safeParse(remote);
    return parsed.success ? [{ messageId, remote: toExact(parsed.data), isOld }] : [];
  });
}

/** Without keys that are undefined. */
function toExact(remote: RemoteMedia): RemoteMedia {
  return JSON.parse(JSON.stringify(remote)) as RemoteMedia;
}
