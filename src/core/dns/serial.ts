/**
 * Serial numbers of zones (RFC 1982): 32 bits that wrap around. Of two serials the later one is the one that is reached by adding
 * less than 2³¹; two that are 2³¹ apart have no order.
 */

const HALF = 0x80000000;

/** Whether `serial` comes after `other`. */
export function isLaterSerial(serial: number, other: number): boolean {
  const distance = (serial - other) >>> 0;
  return distance > 0 && distance < HALF;
}

/** The next serial. Zero is left out, because some servers take it for "unset". */
export function nextSerial(serial: number): number {
  return (serial + 1) >>> 0 || 1;
}
