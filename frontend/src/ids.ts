/** Ids the client makes: time-ordered session ids (ULID) and a name for the device that stays on it. */

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: 48 bits of time, by which the server knows when the session began, and 80 bits of chance. */
export function sessionId(now: number): string {
  let time = "";
  for (let rest = now, digit = 0; digit < 10; digit++) {
    time = CROCKFORD[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  return time + chance(16);
}

/** `length` characters of chance, 5 bits each. */
export function chance(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, byte => CROCKFORD[byte % 32]).join("");
}
