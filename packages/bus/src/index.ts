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
export { busLimits } from './limits.ts';
export { findNatsServer } from './server/find.ts';
export { startNatsServer, type NatsServer, type NatsServerOptions } from './server/start.ts';
export { formatServerConfig } from './server/config.ts';
