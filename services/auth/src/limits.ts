/** Bounds of the auth service. Bytes and milliseconds unless named otherwise. */
export const authLimits = {
  requestBytesMax: 16 * 1024,
  /** NIST SP 800-63B asks for at least 8 and for allowing 64; long ones only cost us hashing. */
  passwordLengthMin: 12,
  passwordLengthMax: 128,
  usernameLengthMax: 64,
  displayNameLengthMax: 100,
  invitationLifeMs: 7 * 24 * 60 * 60_000,
  /** Of one tenant; each is a document in the ledger. */
  invitationsMax: 1_000,
  projectsMax: 1_000,
  membersPerAnswer: 1_000,
  agentsMax: 10_000,
  /** A local access token; short, as nothing but its end takes it back. */
  accessTokenLifeMs: 15 * 60_000,
  /** A reader's login to SQL: a working day. */
  sqlLoginLifeMs: 12 * 60 * 60_000,
  /** A NATS user JWT; agents renew it when a third is left. */
  natsUserLifeMs: 15 * 60_000,
  /** Of one tenant, with life left. */
  natsKeysMax: 10_000,
  /** A local signing key signs this long. */
  signingKeyLifeMs: 90 * 24 * 60 * 60_000,
  /** A registration that was not finished by then was cut off: its user name is free again. */
  pendingUserMs: 10 * 60_000,
} as const;

/** Calls in a window, per caller. A million users are behind many addresses; one address that asks more is a script. */
export const rateLimits = {
  /** Per address: registering, accepting invitations. */
  open: { points: 20, durationSeconds: 60 },
  /** Per address: tokens of the local issuer. */
  token: { points: 60, durationSeconds: 60 },
  /** Per user name: failed passwords. */
  failedLogin: { points: 10, durationSeconds: 300 },
  /** Per caller: everything else. */
  signedIn: { points: 600, durationSeconds: 60 },
} as const;
export type RateLimits = {
  readonly [Name in keyof typeof rateLimits]: { readonly points: number; readonly durationSeconds: number };
};

/** Names that mean something else in subjects, or belong to whoever runs the hub. */
export const reservedTenants: ReadonlySet<string> = new Set(['operators', 'unknown', 'probe', 'swarmledger', 'system']);
/** The tenant of operators: where acts that outlive their tenant are recorded. */
export const operatorsTenantName = 'operators';
