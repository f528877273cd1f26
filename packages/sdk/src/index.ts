export {
  connectEventPipeline,
  connectSwarmLedger,
  openAgent,
  openEventPipeline,
  type ConnectPipelineOptions,
} from './connect.ts';
export type { AgentOptions, BatchRecorder, ConnectOptions, SwarmLedger } from './client.ts';
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
export { formatTraceparent, readTraceparent } from '@swarmledger/runtime';
export type { TraceContext } from './trace.ts';
