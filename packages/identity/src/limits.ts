/** Bounds of token verification. Milliseconds and bytes. */
export const identityLimits = {
  /** A token is a header of an HTTP request: Node takes 16 kB of headers in all. */
  tokenBytesMax: 16 * 1024,
  /** Clocks of the issuer and of this machine may differ by this much, for `exp`, `nbf` and `iat`. */
  clockToleranceMs: 10_000,
  issuerTimeoutMs: 5_000,
  /** An unknown key id asks the issuer again, but not more often: a forger must not make us flood it. */
  keysCooldownMs: 2_000,
  /** A key that the issuer has withdrawn is believed no longer than this. */
  keysMaxAgeMs: 5 * 60_000,
  /** Of the discovery document and of the key set. */
  issuerAnswerBytesMax: 256 * 1024,
} as const;
