export { connectBus } from './connect-bus.ts';
export type {
  Bus,
  BusConnectionState,
  BusCredentials,
  BusMessage,
  BusOptions,
  ClockReading,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterInput,
  DeadLetters,
  EventPublisher,
  IssuedJwt,
  LanePacket,
  LanePosition,
  OverflowStream,
  PartitionConsumer,
  PartitionLag,
  PublishAck,
  PublishContext,
  PullOptions,
  QueryOptions,
  ReceiptBus,
  ReceiptHandler,
  ReceiptSubscription,
  StreamOptions,
  WaitingMessage,
} from './contract.ts';
export type { JobEntry, JobQueue, JobQueueOptions, TakenJob } from './jobs-contract.ts';
export type { Member, Roster, RosterOptions } from './roster-contract.ts';
export { messageKind } from './message.ts';
export { busLimits } from './limits.ts';
export { findNatsServer } from './server/find.ts';
export { startNatsServer, type NatsServer, type NatsServerOptions } from './server/start.ts';
export { formatServerConfig } from './server/config.ts';
export { createHubCredentials, loadCredentials, writeHubCredentials } from './operator/credentials.ts';
export {
  accountPublicKey,
  assertUserPublicKey,
  createHubKeys,
  createUserKey,
  loadHubKeys,
  rotateSigningKey,
  saveHubKeys,
  toPublicKey,
  type HubKeys,
} from './operator/hub-keys.ts';
export { encodeHubUserJwt, encodeTenantUserJwt, type AccountState } from './operator/jwts.ts';
export { inboxPrefix } from './operator/permissions.ts';
export { pushAccount } from './operator/push-account.ts';
export { formatOperatorConfig } from './operator/server-config.ts';
