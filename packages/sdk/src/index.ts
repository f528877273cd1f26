export { createAgentCredentials } from './agent-credentials.ts';
export { createAgentDataKeys, type AgentDataKeysOptions } from './agent-data-keys.ts';
export type { AgentAccount } from './auth-client.ts';
export type { EncryptionOptions } from './sealer.ts';
export {
  connectEventPipeline,
  connectSwarmLedger,
  openAgent,
  openEventPipeline,
  type ConnectPipelineOptions,
} from './connect.ts';
export { openBusUplink, type BusUplinkOptions } from './uplink/bus-uplink.ts';
export type {
  AgentOptions,
  BatchRecorder,
  ConnectOptions,
  Credentials,
  DurableOptions,
  OnlineOptions,
  SwarmLedger,
} from './client.ts';
export type { BodyInput, ChangeInput, ContentInput, DecisionInput, EventInput, SignalInput } from './payloads.ts';
export {
  progressIntervalMs,
  type CloseOptions,
  type EventPipeline,
  type FlushOptions,
  type PipelineBus,
  type PipelineCounts,
  type PipelineOptions,
} from './pipeline-contract.ts';
export type { EventGroup } from './encode-group.ts';
export { defaultPolicy, type PipelinePolicy } from './policy.ts';
export { EventsRejectedError, type Rejection } from './rejections.ts';
export { recordRun, type RunOptions } from './workspace/record-run.ts';
export { formatTraceparent, readTraceparent } from '@swarmledger/runtime';
export type { TraceContext } from './trace.ts';
