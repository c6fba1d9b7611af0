/** The seat's key and what it signs. The key is read from its file, stays in this page's memory, and cannot be read out of it.
 *
 * An envelope is key_id(4) || signature(64) || body; the signature covers type and body (DSSE's PAE), as in exchange/signing.py.
 */

const MESSAGE = "application/vnd.entente.message+json";
const CHALLENGE = "application/vnd.entente.challenge+text";
const KEY_ID_BYTES = 4;
const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

export interface SeatKey {
  public: Bytes;
  private: CryptoKey;
}

/** The key in a file that `entente keys new` wrote; an error in words if there is none. */
export async function readKey(pem: string): Promise<SeatKey> {
  const base64 = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(pem)?.[1];
  if (!base64) throw new Error("This file holds no private key. Choose the one that was made for your seat.");
  const der = Uint8Array.from(atob(base64.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
  try {
    const shown = await crypto.subtle.importKey("pkcs8", der, "Ed25519", true, ["sign"]);
    const { x } = await crypto.subtle.exportKey("jwk", shown);
    const kept = await crypto.subtle.importKey("pkcs8", der, "Ed25519", false, ["sign"]);
    if (!x) throw new Error("no public half");
    return { public: fromBase64Url(x), private: kept };
  } catch {
    throw new Error("This key is not for Ed25519, or this browser cannot use it. Make one with: entente keys new");
  } finally {
    der.fill(0);
  }
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function digest(bytes: Bytes): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export async function digestOfText(text: string): Promise<string> {
  return digest(encoder.encode(text));
}

/** The signature over a challenge, hex. */
export async function answerTo(key: SeatKey, text: string): Promise<string> {
  return hex(await sign(key, CHALLENGE, encoder.encode(text)));
}

/** A body in its envelope. */
export async function seal(key: SeatKey, body: unknown): Promise<Bytes> {
  const text = encoder.encode(JSON.stringify(body));
  const signature = await sign(key, MESSAGE, text);
  const id = new Uint8Array(await crypto.subtle.digest("SHA-256", key.public)).slice(0, KEY_ID_BYTES);
  return joined(id, signature, text);
}

async function sign(key: SeatKey, type: string, body: Bytes): Promise<Bytes> {
  const head = encoder.encode(`DSSEv1 ${encoder.encode(type).length} ${type} ${body.length} `);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.private, joined(head, body)));
}

function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function fromBase64Url(text: string): Bytes {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}
