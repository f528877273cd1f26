export { createOtelTracer } from '@swarmledger/runtime/otel';
