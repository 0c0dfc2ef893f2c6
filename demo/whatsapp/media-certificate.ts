import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { der } from "./der.ts";

const VALID_DAYS = 3650;
const DAY_MS = 86_400_000;
const NAMES = { host: "localhost", address: Buffer.from([127, 0, 0, 1]) };
const ECDSA_WITH_SHA256 = der.sequence(der.objectId("1.2.840.10045.4.3.2"));

export type MediaCertificate = { readonly key: string; readonly certificate: string; readonly file: string };

/** The certificate of the media host, made once for a folder. Whoever is to trust it names its file in NODE_EXTRA_CA_CERTS. */
export function readOrMakeCertificate(folder: string, now: Date): MediaCertificate {
  mkdirSync(folder, { recursive: true });
  const keyFile = join(folder, "media-key.pem");
  const file = join(folder, "media-ca.pem");
  if (!existsSync(keyFile) || !existsSync(file)) {
    const made = makeCertificate(now);
    writeFileSync(keyFile, made.key, { mode: 0o600 });
    writeFileSync(file, made.certificate);
  }
  return { key: readFileSync(keyFile, "utf8"), certificate: readFileSync(file, "utf8"), file };
}

/** A self-signed certificate for localhost and 127.0.0.1 (RFC 5280), its key on P-256. */
export function makeCertificate(now: Date): { readonly key: string; readonly certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = der.sequence(der.set(der.sequence(der.objectId("2.5.4.3"), der.text("WhatsApp media on loopback"))));
  const toBeSigned = der.sequence(
    der.context(0, der.integer(Buffer.from([2]))),
    der.integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    name,
    der.sequence(der.time(new Date(now.getTime() - DAY_MS)), der.time(new Date(now.getTime() + VALID_DAYS * DAY_MS))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der.context(3, der.sequence(isAuthority(), alternativeNames())),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const certificate = der.sequence(toBeSigned, ECDSA_WITH_SHA256, der.bitString(signature));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), certificate: toPem(certificate) };
}

const isAuthority = (): Buffer => der.sequence(der.objectId("2.5.29.19"), der.boolean(true), der.octetString(der.sequence(der.boolean(true))));

const alternativeNames = (): Buffer =>
  der.sequence(der.objectId("2.5.29.17"), der.octetString(der.sequence(der.bare(2, Buffer.from(NAMES.host)), der.bare(7, NAMES.address))));

const toPem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(bytes.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
