export { connectBus } from './connect-bus.ts';
export type {
  Bus,
  BusCredentials,
  BusMessage,
  BusOptions,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterInput,
  DeadLetters,
  EventPublisher,
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
} from './contract.ts';
export type { JobEntry, JobQueue, JobQueueOptions, TakenJob } from './jobs-contract.ts';
export type { Member, Roster, RosterOptions } from './roster-contract.ts';
export { busLimits } from './limits.ts';
export { findNatsServer } from './server/find.ts';
export { startNatsServer, type NatsServer, type NatsServerOptions } from './server/start.ts';
export { formatServerConfig } from './server/config.ts';
