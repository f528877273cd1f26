/** Bounds of encryption. Counts, unless named otherwise. */
export const encryptionLimits = {
  /**
   * Events under one data key. Nonces are random, and NIST SP 800-38D (8.3) allows 2^32 of those for one key: then two are the same
   * with a probability below 2^-32. A new key is made at half of that.
   */
  eventsPerKeyMax: 2 ** 32,
  eventsPerKeyTarget: 2 ** 31,
  /** A data key is the current one at most this long, whatever it encrypted. Milliseconds. */
  keyLifeMs: 90 * 24 * 60 * 60_000,
  /** Of one tenant: they lie in one document of 32 kB. With a key every 90 days it is 24 years. */
  keysPerTenantMax: 100,
  /** A master key file names the current one and those before it. */
  masterKeysMax: 16,
} as const;

/** AES-256. */
export const keyBytes = 32;
export const nonceBytes = 12;
export const tagBytes = 16;
