/** Why bytes, an id or an event are not acceptable. Stable: they are dead-letter reasons, and so subject tokens. */
export type RejectionCode =
  | 'undecodable'
  | 'invalid_subject'
  | 'invalid_tenant'
  | 'invalid_project'
  | 'invalid_branch'
  | 'invalid_event_id'
  | 'invalid_timestamp'
  | 'invalid_field'
  | 'invalid_path'
  | 'invalid_tag'
  | 'missing_payload'
  | 'tenant_mismatch'
  | 'project_mismatch'
  | 'message_too_large'
  | 'content_too_large'
  | 'content_missing'
  | 'content_mismatch'
  | 'too_many_events'
  | 'empty_batch'
  | 'unknown_tenant'
  | 'unknown_branch'
  | 'over_quota'
  /** The hub failed on this message, and on no other: it is a dead letter until a person has looked. */
  | 'internal_error';

/** Input that will never become acceptable by trying again. `message` says what and where, without the payload. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
