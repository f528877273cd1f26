export { errorCode, errorMessage, PermanentError, TransientError } from './errors.ts';
export {
  createLogger,
  logLevels,
  silentLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './log.ts';
export { Changes } from './changes.ts';
export { Scope, withScope, type Closeable } from './scope.ts';
export {
  backoffMs,
  defaultBackoff,
  pause,
  retry,
  sleep,
  withDeadline,
  type BackoffPolicy,
  type RetryOptions,
} from './retry.ts';
export { ConfigReader, loadSettings, Secret, type Environment } from './config.ts';
export { Metrics, type Labels, type Metric } from './metrics.ts';
export {
  createTelemetry,
  openTelemetry,
  readTelemetryConfig,
  type Telemetry,
  type TelemetryConfig,
} from './telemetry/open-telemetry.ts';
export {
  formatTraceparent,
  noTracer,
  readTraceparent,
  type Span,
  type SpanAttributes,
  type SpanOptions,
  type Traceparent,
  type Tracer,
} from './telemetry/tracer.ts';
export { closeServer, openHealthServer, type HealthChecks, type HealthServer } from './health.ts';
export { closingAfter, runService, shutdownDeadlineMs, type Service } from './process.ts';
export { stopChild } from './child.ts';
export { isRunning } from './processes.ts';
export { dayMs, toDay } from './day.ts';
export { findFreePort } from './free-port.ts';
