/** Where every ingest path begins; it has no alias. */
export const INGEST_BASE = "/api/internal/whatsapp";
